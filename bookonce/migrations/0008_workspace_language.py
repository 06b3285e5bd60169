from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookonce', '0007_addresses_end'),
    ]

    operations = [
        migrations.AddField(
            model_name='workspace',
            name='language',
            field=models.CharField(default='en', max_length=10),
        ),
    ]
