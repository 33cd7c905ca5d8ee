import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The index of the constraint begins with the generation: a second one was written with each of them for nothing,
    and misled the planner."""

    dependencies = [("courses", "0010_search_run_week")]

    operations = [
        migrations.AlterField(
            model_name="searchposting",
            name="generation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="postings",
                to="courses.searchgeneration",
                verbose_name="generation",
            ),
        ),
    ]
