from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Replace

LETTERS = [("ae", "a"), ("oe", "o"), ("ue", "u"), ("ä", "a"), ("ö", "o"), ("ü", "u"), ("ß", "ss")]


def fold(apps, schema_editor):
    """As courses.search.analyser.fold does it, for the words that were learnt before."""
    folded = F("word")
    for written, key in LETTERS:
        folded = Replace(folded, Value(written), Value(key))
    apps.get_model("courses", "SearchWord").objects.update(folded=folded)


class Migration(migrations.Migration):
    dependencies = [("courses", "0005_delivery_columns")]

    operations = [
        migrations.AddField(
            model_name="searchword",
            name="folded",
            field=models.CharField(default="", max_length=120, verbose_name="word without umlauts"),
            preserve_default=False,
        ),
        migrations.RunPython(fold, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="searchword",
            index=models.Index(fields=["folded"], name="search_word_folded"),
        ),
    ]
