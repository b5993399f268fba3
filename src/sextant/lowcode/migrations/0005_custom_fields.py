"""Custom fields, and answers laid out for lists."""

import django.db.models.deletion
from django.db import migrations, models

TABLE = """
create table lowcode_answer (
    definition_id bigint not null,
    sheet_id bigint not null,
    subject_id bigint not null,
    about_id bigint,
    at timestamptz not null,
    answers jsonb not null,
    primary key (definition_id, sheet_id)
) partition by list (definition_id);
create index lowcode_answer_subject on lowcode_answer (subject_id);
create index lowcode_answer_at on lowcode_answer (at, sheet_id);
"""
NO_TABLE = "drop table lowcode_answer;"

# A field's answers are digits as text. What a former version of the form let in, and is none, has no number: an index
# never refuses a row.
NUMBER = """
create function lowcode_number(answer text) returns numeric language sql immutable strict parallel safe as
$$ select case when answer ~ '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)$' then answer::numeric end $$;
"""
NO_NUMBER = "drop function lowcode_number(text);"

COPY = """
create function lowcode_list_answers() returns trigger language plpgsql as $$
declare
    home lowcode_answerset;
begin
    if tg_op = 'DELETE' then
        delete from lowcode_answer as listed using lowcode_definitionversion as version
        where version.id = old.version_id and listed.definition_id = version.definition_id
          and listed.sheet_id = old.id;
        return null;
    end if;
    select answerset.* into home from lowcode_answerset as answerset
    join lowcode_definitionversion as version on version.definition_id = answerset.definition_id
    where version.id = new.version_id;
    if not found then
        return null;
    end if;
    if new.state = 'open' and not home.takes_drafts then
        delete from lowcode_answer where definition_id = home.definition_id and sheet_id = new.id;
        return null;
    end if;
    insert into lowcode_answer (definition_id, sheet_id, subject_id, about_id, at, answers)
    values (home.definition_id, new.id, new.subject_id, new.about_id, coalesce(new.handed_in_at, new.changed_at),
            new.answers || new.computed)
    on conflict (definition_id, sheet_id) do update set at = excluded.at, answers = excluded.answers;
    return null;
end $$;
create trigger lowcode_sheet_listed after insert or update or delete on lowcode_formsheet
for each row execute function lowcode_list_answers();
"""
NO_COPY = """
drop trigger lowcode_sheet_listed on lowcode_formsheet;
drop function lowcode_list_answers();
"""


class Migration(migrations.Migration):
    dependencies = [("lowcode", "0004_rules")]

    operations = [
        migrations.AlterField("formsheet", "about_id", models.BigIntegerField(null=True)),
        migrations.CreateModel(
            name="AnswerSet",
            fields=[
                (
                    "definition",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="lowcode.definition",
                    ),
                ),
                ("takes_drafts", models.BooleanField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TABLE, NO_TABLE)],
            state_operations=[
                migrations.CreateModel(
                    name="ListedAnswer",
                    fields=[
                        ("sheet_id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("definition_id", models.BigIntegerField()),
                        ("subject_id", models.BigIntegerField()),
                        ("about_id", models.BigIntegerField(null=True)),
                        ("at", models.DateTimeField()),
                        ("answers", models.JSONField()),
                    ],
                    options={
                        "db_table": "lowcode_answer",
                        "indexes": [
                            models.Index(fields=["subject_id"], name="lowcode_answer_subject"),
                            models.Index(fields=["at", "sheet_id"], name="lowcode_answer_at"),
                        ],
                    },
                ),
            ],
        ),
        migrations.RunSQL(NUMBER, NO_NUMBER),
        migrations.RunSQL(COPY, NO_COPY),
    ]
