from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookonce', '0008_workspace_language'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='clock',
            field=models.CharField(blank=True, default='', max_length=2),
        ),
    ]
