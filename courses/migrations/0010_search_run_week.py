from django.db import migrations, models


class Migration(migrations.Migration):
    """What the week of a run is becomes known when its row is made anew, at night at the latest."""

    dependencies = [("courses", "0009_search_word_begin")]

    operations = [
        migrations.AddField(
            model_name="searchrun",
            name="week",
            field=models.PositiveIntegerField(db_default=2097151, verbose_name="times in the week (bits)"),
        ),
    ]
