"""The thirteen migrations before 0.2.0 as one, for databases that are new.

The thirteen stay beside it until 0.2.0: a database that has come by some of them goes on by the rest, and one that
has them all counts as having this.
"""

import bookonce.foundation.tokens
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('bookonce', '0001_initial'),
        ('bookonce', '0002_sessions'),
        ('bookonce', '0003_look'),
        ('bookonce', '0004_asks'),
        ('bookonce', '0005_signing_in'),
        ('bookonce', '0006_by_time'),
        ('bookonce', '0007_addresses_end'),
        ('bookonce', '0008_workspace_language'),
        ('bookonce', '0009_persons_clock'),
        ('bookonce', '0010_deliveries_workspace'),
        ('bookonce', '0011_deliveries_identity'),
        ('bookonce', '0012_hold_of_link_and_host'),
        ('bookonce', '0013_fewer_indexes'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.UUIDField(default=bookonce.foundation.tokens.new_id, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('zone', models.CharField(default='UTC', max_length=64)),
                ('language', models.CharField(blank=True, default='', max_length=10)),
                ('clock', models.CharField(blank=True, default='', max_length=2)),
                ('setup_hash', models.BinaryField(max_length=32, null=True)),
                ('setup_expires_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Beat',
            fields=[
                ('worker', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Calendar',
            fields=[
                ('id', models.UUIDField(default=bookonce.foundation.tokens.new_id, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('slug', models.SlugField(max_length=60)),
                ('description', models.TextField(blank=True, max_length=4000)),
                ('minutes', models.JSONField()),
                ('slot_step', models.PositiveSmallIntegerField(null=True)),
                ('zone', models.CharField(max_length=64)),
                ('hours', models.JSONField()),
                ('exceptions', models.JSONField(default=list)),
                ('buffer_before', models.PositiveSmallIntegerField(default=0)),
                ('buffer_after', models.PositiveSmallIntegerField(default=0)),
                ('notice_minutes', models.PositiveIntegerField(default=0)),
                ('window_days', models.PositiveSmallIntegerField(default=60, null=True)),
                ('window_from', models.DateField(null=True)),
                ('window_to', models.DateField(null=True)),
                ('limit_per_day', models.PositiveSmallIntegerField(null=True)),
                ('limit_per_week', models.PositiveSmallIntegerField(null=True)),
                ('visibility', models.CharField(choices=[('public', 'Public'), ('link_only', 'Link Only')], default='public', max_length=10)),
                ('location', models.JSONField(null=True)),
                ('questions', models.JSONField(default=list)),
                ('contact', models.JSONField(default=dict)),
                ('on_cancel', models.CharField(choices=[('stay_used', 'Stay Used'), ('reopen', 'Reopen')], default='stay_used', max_length=10)),
                ('approval', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('archived_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.UUIDField(default=bookonce.foundation.tokens.new_id, primary_key=True, serialize=False)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('key', models.CharField(max_length=260)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Workspace',
            fields=[
                ('id', models.UUIDField(default=bookonce.foundation.tokens.new_id, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('slug', models.SlugField(max_length=60, unique=True)),
                ('link_days', models.PositiveSmallIntegerField(null=True)),
                ('accent', models.CharField(blank=True, default='', max_length=7)),
                ('language', models.CharField(default='en', max_length=10)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Authenticator',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='authenticator', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('secret', models.TextField()),
                ('step', models.PositiveBigIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.UUIDField(default=bookonce.foundation.tokens.new_id, primary_key=True, serialize=False)),
                ('label', models.CharField(blank=True, max_length=200)),
                ('size', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField()),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='bookonce.calendar')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='bookonce.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.UUIDField(default=bookonce.foundation.tokens.new_id, primary_key=True, serialize=False)),
                ('nonce', models.BinaryField(max_length=16)),
                ('token_hash', models.BinaryField(max_length=32, unique=True)),
                ('label', models.CharField(blank=True, max_length=200)),
                ('note', models.TextField(blank=True, max_length=2000)),
                ('message', models.TextField(blank=True, max_length=500)),
                ('recipient_name', models.CharField(blank=True, max_length=200)),
                ('recipient_email', models.CharField(blank=True, max_length=254)),
                ('recipient_phone', models.CharField(blank=True, max_length=40)),
                ('prefill', models.JSONField(default=dict)),
                ('locked', models.JSONField(default=list)),
                ('minutes', models.PositiveSmallIntegerField(null=True)),
                ('location', models.JSONField(null=True)),
                ('window_from', models.DateField(null=True)),
                ('window_to', models.DateField(null=True)),
                ('metadata', models.JSONField(default=dict)),
                ('on_cancel', models.CharField(blank=True, max_length=10)),
                ('opens_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('used_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('created_via', models.CharField(max_length=10)),
                ('asks_muted_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('batch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='bookonce.batch')),
                ('calendar', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='bookonce.calendar')),
                ('contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='bookonce.contact')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='bookonce.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='MailedLink',
            fields=[
                ('id', models.UUIDField(default=bookonce.foundation.tokens.new_id, primary_key=True, serialize=False)),
                ('purpose', models.CharField(choices=[('password', 'Password'), ('email', 'Email')], max_length=10)),
                ('email', models.EmailField(max_length=254)),
                ('nonce', models.BinaryField(max_length=16)),
                ('token_hash', models.BinaryField(max_length=32, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('used_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mailed_links', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.UUIDField(default=bookonce.foundation.tokens.new_id, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('member', 'Member')], default='member', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='bookonce.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Diary',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('member', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='diary', to='bookonce.member')),
            ],
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.UUIDField(default=bookonce.foundation.tokens.new_id, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('key_hash', models.BinaryField(max_length=32, unique=True)),
                ('scopes', models.JSONField(default=list)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('last_used_at', models.DateTimeField(null=True)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keys', to='bookonce.member')),
            ],
        ),
        migrations.CreateModel(
            name='Passkey',
            fields=[
                ('id', models.UUIDField(default=bookonce.foundation.tokens.new_id, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('credential_id', models.BinaryField(max_length=1023, unique=True)),
                ('credential', models.BinaryField()),
                ('counter', models.PositiveBigIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passkeys', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.UUIDField(default=bookonce.foundation.tokens.new_id, primary_key=True, serialize=False)),
                ('mark', models.BinaryField(max_length=32)),
                ('used_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='RepeatableCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(max_length=80)),
                ('key_hash', models.BinaryField(max_length=32)),
                ('body_hash', models.BinaryField(max_length=32)),
                ('status', models.PositiveSmallIntegerField()),
                ('made', models.CharField(max_length=80)),
                ('answer', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('scope', 'key_hash'), name='one_call_per_key')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.UUIDField(default=bookonce.foundation.tokens.new_id, primary_key=True, serialize=False)),
                ('key_hash', models.BinaryField(max_length=32, unique=True)),
                ('agent', models.CharField(blank=True, max_length=200)),
                ('place', models.CharField(blank=True, max_length=64)),
                ('data', models.TextField()),
                ('created_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.UUIDField(default=bookonce.foundation.tokens.new_id, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(blank=True, max_length=80)),
                ('link_id', models.UUIDField(null=True)),
                ('booking_id', models.UUIDField(null=True)),
                ('data', models.JSONField(default=dict)),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bookonce.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=bookonce.foundation.tokens.new_id, primary_key=True, serialize=False)),
                ('purpose', models.CharField(max_length=20)),
                ('channel', models.CharField(max_length=20)),
                ('recipient', models.CharField(max_length=40)),
                ('to', models.CharField(max_length=320)),
                ('thread', models.CharField(blank=True, max_length=120)),
                ('position', models.PositiveIntegerField(default=0)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('dropped', 'Dropped'), ('dead', 'Dead')], default='waiting', max_length=10)),
                ('not_before', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('fence', models.PositiveIntegerField(default=0)),
                ('lease_until', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, max_length=500)),
                ('copy_of', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='bookonce.delivery')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='bookonce.event')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bookonce.workspace')),
            ],
        ),
        migrations.AddField(
            model_name='contact',
            name='workspace',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='bookonce.workspace'),
        ),
        migrations.AddField(
            model_name='calendar',
            name='workspace',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='calendars', to='bookonce.workspace'),
        ),
        migrations.CreateModel(
            name='Booking',
            fields=[
                ('id', models.UUIDField(default=bookonce.foundation.tokens.new_id, primary_key=True, serialize=False)),
                ('gave_back_at', models.DateTimeField(null=True)),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('confirmed', 'Confirmed'), ('cancelled', 'Cancelled'), ('declined', 'Declined'), ('lapsed', 'Lapsed'), ('no_show', 'No Show')], max_length=10)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('wall', models.CharField(max_length=19)),
                ('zone', models.CharField(max_length=64)),
                ('minutes', models.PositiveSmallIntegerField()),
                ('guest_name', models.CharField(max_length=200)),
                ('guest_email', models.CharField(blank=True, max_length=254)),
                ('guest_phone', models.CharField(blank=True, max_length=40)),
                ('guest_zone', models.CharField(blank=True, max_length=64)),
                ('guest_language', models.CharField(default='en', max_length=10)),
                ('answers', models.JSONField(default=dict)),
                ('location', models.JSONField(null=True)),
                ('metadata', models.JSONField(default=dict)),
                ('uid', models.CharField(max_length=300)),
                ('sequence', models.PositiveIntegerField(default=0)),
                ('manage_nonce', models.BinaryField(max_length=16)),
                ('manage_hash', models.BinaryField(max_length=32, unique=True)),
                ('browser_hash', models.BinaryField(max_length=32, null=True)),
                ('replay_key', models.BinaryField(max_length=32, null=True)),
                ('replay_body', models.BinaryField(max_length=32, null=True)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('cancelled_by', models.CharField(blank=True, max_length=10)),
                ('cancel_reason', models.CharField(blank=True, max_length=500)),
                ('created_at', models.DateTimeField()),
                ('calendar', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='bookonce.calendar')),
                ('contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='bookonce.contact')),
                ('link', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='bookonce.link')),
                ('host', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='bookonce.member')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='bookonce.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Ask',
            fields=[
                ('id', models.UUIDField(default=bookonce.foundation.tokens.new_id, primary_key=True, serialize=False)),
                ('said', models.JSONField(default=list)),
                ('asked_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('answer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bookonce.link')),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='asks', to='bookonce.link')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='asks', to='bookonce.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='HeldTime',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('before', models.PositiveSmallIntegerField(default=0)),
                ('after', models.PositiveSmallIntegerField(default=0)),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='held', to='bookonce.booking')),
                ('diary', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='held', to='bookonce.diary')),
            ],
            options={
                'indexes': [models.Index(fields=['diary', 'starts_at'], name='held_time_of_diary')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='held_time_has_length')],
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('kept', models.BooleanField(default=False)),
                ('diary', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='holds', to='bookonce.diary')),
                ('link', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='holds', to='bookonce.link')),
            ],
            options={
                'indexes': [models.Index(fields=['diary', 'starts_at'], name='hold_of_diary')],
                'constraints': [models.UniqueConstraint(fields=('link', 'diary'), name='one_hold_per_link_and_host')],
            },
        ),
        migrations.CreateModel(
            name='CalendarHost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('calendar', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='hosting', to='bookonce.calendar')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hosting', to='bookonce.member')),
            ],
            options={
                'ordering': ['position', 'id'],
                'constraints': [models.UniqueConstraint(fields=('calendar', 'member'), name='one_hosting_each')],
            },
        ),
        migrations.CreateModel(
            name='Observation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('opened', 'Opened'), ('refused', 'Refused')], max_length=10)),
                ('visitor', models.CharField(choices=[('person', 'Person'), ('robot', 'Robot')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=40)),
                ('at', models.DateTimeField()),
                ('link', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='observations', to='bookonce.link')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('link', 'kind', 'visitor', 'reason', 'at'), name='one_observation_each')],
            },
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(fields=('workspace', 'person'), name='one_membership_each'),
        ),
        migrations.AddIndex(
            model_name='link',
            index=models.Index(fields=['workspace', 'id'], name='link_of_workspace'),
        ),
        migrations.AddIndex(
            model_name='link',
            index=models.Index(fields=['calendar', 'id'], name='link_of_calendar'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('link_id__isnull', False)), fields=['link_id'], name='event_link'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('booking_id__isnull', False)), fields=['booking_id'], name='event_booking'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['not_before'], name='delivery_due'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'dead')), fields=['id'], name='delivery_given_up'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('thread__gt', '')), fields=['thread', 'position'], name='delivery_thread'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['workspace', 'id'], name='delivery_of_workspace'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['workspace', 'state', 'id'], name='delivery_by_state'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(condition=models.Q(('copy_of__isnull', True)), fields=('event', 'purpose', 'channel', 'recipient'), name='one_delivery_of_each'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(condition=models.Q(('copy_of__isnull', False), ('state', 'waiting')), fields=('copy_of',), name='one_waiting_copy'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(fields=('workspace', 'key'), name='one_contact_each'),
        ),
        migrations.AddConstraint(
            model_name='calendar',
            constraint=models.UniqueConstraint(fields=('workspace', 'slug'), name='one_calendar_per_slug'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(fields=['calendar', 'starts_at'], name='booking_of_calendar'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(fields=['workspace', 'id'], name='booking_of_workspace'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(fields=['workspace', 'starts_at'], name='booking_by_time'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('gave_back_at__isnull', False)), fields=['link'], name='booking_that_gave_back'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.UniqueConstraint(condition=models.Q(('gave_back_at__isnull', True), ('link__isnull', False)), fields=('link',), name='one_booking_per_link'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.UniqueConstraint(condition=models.Q(('replay_key__isnull', False)), fields=('replay_key',), name='one_booking_per_key'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='booking_has_length'),
        ),
        migrations.AddIndex(
            model_name='ask',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['workspace', 'last_at'], name='ask_open'),
        ),
        migrations.AddConstraint(
            model_name='ask',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('link',), name='one_open_ask_per_link'),
        ),
    ]
