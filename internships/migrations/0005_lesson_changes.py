import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("internships", "0004_offer_changes"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="offerchange",
            options={
                "ordering": ["created_at", "pk"],
                "verbose_name": "change of an offer",
                "verbose_name_plural": "changes of offers",
            },
        ),
        migrations.AlterField(
            model_name="offerchange",
            name="offer",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="change",
                to="internships.offer",
                verbose_name="offer",
            ),
        ),
        migrations.AddField(
            model_name="offerchange",
            name="lesson_offer",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="change",
                to="internships.lessonoffer",
                verbose_name="lesson offer",
            ),
        ),
        migrations.AddConstraint(
            model_name="offerchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("offer", None), ("lesson_offer", None), _connector="XOR"),
                name="offer_change_of_one",
            ),
        ),
    ]
