"""The form of mappings.toml: every key there is, what it takes, and what it means. The checks and the JSON Schema come from here."""

from __future__ import annotations

from mapping.field import Direction
from mapping.overlay.shapes import Among, AnyText, Either, Form, Key, ListOf, OneKey, Plain, TableOf, WholeNumber, Words, YesNo
from mapping.policies import Companies, ConflictPolicy, DeletionPolicy, LeavingPolicy, StartRule

SIDES = ("bc", "sales")
WEEK = 7 * 24 * 60
MAPPING_NAME = r"[A-Z][A-Z0-9 ._-]{0,39}"
COLUMN = r"[A-Za-z][A-Za-z0-9_]{0,99}"
FIELD_NAME = r"[A-Za-z][A-Za-z0-9_]{0,59}"
FUNCTION = r"[A-Za-z0-9_-]{1,60}\.py:[A-Za-z_][A-Za-z0-9_]{0,60}"
RESERVED = ("aliases", "companies", "templates")
TYPES = (
    "String",
    "Code",
    "Memo",
    "Enum",
    "Guid",
    "Decimal",
    "Money",
    "Double",
    "Int32",
    "Integer",
    "Boolean",
    "Date",
    "DateTime",
    "Picklist",
    "Lookup",
)

_column = Words(100, COLUMN, "customerPostingGroup")
_mapping = Words(40, MAPPING_NAME, '"CUSTOMER"')
_function = Words(130, FUNCTION, '"extensions.py:accept_customer"')
_condition = Words(1000, like='"country in DE, AT"')
_text = AnyText(100)


def _per_side(each: Key) -> Form:
    return Form(dict.fromkeys(SIDES, each))


TRANSFORMATION = Either(
    Among(("trim", "upperCase", "lowerCase", "titleCase", "alphanumeric")),
    Form(
        {
            "replace": Key(Words(200), "Every occurrence of this text becomes `with`."),
            "with": Key(AnyText(200), "What takes its place; nothing when it is left out."),
            "regex": Key(Words(200), "Everything that fits this pattern becomes `with`, in which \\1 is the first group."),
            "match": Key(Words(200), "The first part that fits this pattern, or its first group."),
            "start": Key(WholeNumber(1, 4000), "The part from this character, counted from 1."),
            "length": Key(WholeNumber(1, 4000), "So many characters of it."),
            "after": Key(Words(100), "The part after this text."),
            "before": Key(Words(100), "The part before this text."),
            "prefix": Key(Words(50), "This text before the value; taken away on the way back."),
            "withoutPrefix": Key(Words(50), "Without this text before the value; put back on the way back."),
            "round": Key(WholeNumber(0, 10), "A number with so many decimals."),
            "decimals": Key(WholeNumber(0, 10), "A number as people write it, with so many decimals, `mark` and `thousands`."),
            "mark": Key(Words(1), "The decimal mark; a point when it is left out."),
            "thousands": Key(Words(1), "The mark between thousands; none when it is left out."),
            "date": Key(Words(30, r"(yyyy|yy|MM|dd|HH|mm|ss|[^A-Za-z])+", '"dd.MM.yyyy"'), "A date in this form."),
            "values": Key(TableOf(AnyText(250)), "A table of values: what stands on the left becomes what stands on the right."),
            "strict": Key(YesNo(), "With `values`: a value that the table does not know is a problem of its field."),
        }
    ),
)

KIND = Either(
    Among(
        (
            "text",
            "code",
            "email",
            "phone",
            "web",
            "vat",
            "number",
            "localMoney",
            "country",
            "yesNo",
            "date",
            "dateTime",
            "currency",
            "owner",
        )
    ),
    OneKey(
        {
            "number": Key(WholeNumber(0, 10), "A number with so many decimals."),
            "choice": Key(TableOf(WholeNumber(0, 2_147_483_647)), "What BC holds = the number of the choice in Sales."),
            "option": Key(_mapping, "A code that Sales keeps as a choice; the mapping that couples the two."),
            "lookup": Key(_mapping, "A reference to a record of this mapping."),
        }
    ),
)

FIELD = Form(
    {
        "bc": Key(_column, "The property of Business Central."),
        "sales": Key(_column, "The column of Sales."),
        "direction": Key(Among(tuple(Direction)), "Which way values travel."),
        "kind": Key(KIND, "What sort of value it is; worked out from the columns when it is left out."),
        "codes": Key(
            Words(60, COLUMN, '"itemCategories"'), "With a lookup: the BC table whose `code` the property holds, in place of an id."
        ),
        "group": Key(Words(60, FIELD_NAME, '"address"'), "The group that is merged as one value with this field."),
        "enabled": Key(YesNo(), "false takes the row out."),
        "transform": Key(
            Either(
                ListOf(TRANSFORMATION, 10),
                Form(
                    {
                        "toSales": Key(ListOf(TRANSFORMATION, 10), "What is done to a value on its way to Sales."),
                        "fromSales": Key(ListOf(TRANSFORMATION, 10), "What is done to a value on its way to Business Central."),
                    }
                ),
            ),
            "Transformation rules: a list for both ways when each can be undone, else one per direction.",
        ),
        "notNull": Key(YesNo(), "true: a blank on one side does not overwrite the other."),
        "clearOnFailure": Key(YesNo(), "With a lookup: true leaves it blank in Sales while its record is not coupled, false waits."),
        "late": Key(YesNo(), "true: written right after the row is made, not with it."),
        "needed": Key(YesNo(), "true: without this value no row is made."),
        "atOnce": Key(YesNo(), "true: what BC gives in a new row is written to Sales in the same run."),
        "keepTyped": Key(YesNo(), "true: a differing value that people typed before the pair was made stays."),
        "digest": Key(YesNo(), "true: of what both sides held only a digest is kept; conflicts, history and undo cannot show it."),
        "once": Key(Among(SIDES), "The side that takes the value only when the row is made."),
    }
)

TABLE = Either(
    Words(150, r"[A-Za-z0-9_./-]+", '"paymentMethods"'),
    Form(
        {
            "table": Key(
                Words(150, r"[A-Za-z0-9_./-]+", '"paymentMethods"'),
                "The entity set; for an API page of your own publisher/group/version/set.",
            ),
            "key": Key(_column, "The column with the row's id."),
            "changed": Key(Words(100, COLUMN, '"modifiedon"'), "The column that says when the row was last changed."),
        },
        required=("table",),
    ),
)

TEMPLATE = Form(
    {
        "use": Key(Words(60, r"[A-Za-z0-9 ._-]+", '"DOMESTIC"'), "The name of a template of the table `templates`."),
        "values": Key(TableOf(Plain(), most=100), "Column = value, given to the new row."),
        "bcTemplate": Key(Words(20), "The code of the template of Business Central that supplies the rest, such as posting groups."),
        "where": Key(ListOf(_condition, 20), "Filters on the row that the new one is made from; all of them must hold."),
        "priority": Key(WholeNumber(0, 1000), "Of several that fit, the one with the lowest number is taken."),
    }
)

COLUMNS = Form(
    {
        "type": Key(Among(TYPES), "The column's type."),
        "length": Key(WholeNumber(1, 1_048_576), "How many characters it takes."),
        "precision": Key(WholeNumber(0, 10), "How many decimals it keeps."),
        "readOnly": Key(YesNo(), "true: nobody can write it."),
        "dateOnly": Key(YesNo(), "true: a DateTime column of behaviour DateOnly."),
        "nav": Key(Words(100, COLUMN, '"contoso_Account"'), "Of a Lookup: the navigation property, in its exact spelling."),
    },
    required=("type",),
)

CONSTANT = Either(
    Plain(),
    Form(
        {"value": Key(Plain(), "The value."), "when": Key(Among(("insert", "always")), "insert: only when the row is made.")},
        required=("value",),
        whole=True,
    ),
)

MAPPING = Form(
    {
        "bc": Key(TABLE, "The table of Business Central, of a mapping of your own."),
        "sales": Key(TABLE, "The table of Sales, of a mapping of your own."),
        "columns": Key(
            _per_side(Key(TableOf(COLUMNS, COLUMN), "Columns that Couplet does not know, by name.")), "Columns of your own, per side."
        ),
        "direction": Key(Among(tuple(Direction)), "Which way the mapping goes; its rows go no other."),
        "creates": Key(ListOf(Among(SIDES), 2), "The sides on which rows may ever be made."),
        "askedOnly": Key(ListOf(Among(SIDES), 2), "The sides on which rows are made only in a run that was told to."),
        "needs": Key(ListOf(_mapping, 50), "Mappings that are synchronised before this one."),
        "shares": Key(ListOf(_mapping, 10), "Mappings of the same table that may couple a row that this one couples."),
        "naturalKeys": Key(
            ListOf(ListOf(Words(60, FIELD_NAME), 5, 1), 10), "Alternatives of field names by which an uncoupled partner is found."
        ),
        "criteria": Key(
            ListOf(
                Either(
                    Words(60, FIELD_NAME),
                    Form(
                        {
                            "field": Key(Words(60, FIELD_NAME), "A field row."),
                            "caseSensitive": Key(YesNo(), "true: capitals count."),
                            "priority": Key(WholeNumber(1, 99), "A lower number is tried before a higher one."),
                        },
                        required=("field",),
                    ),
                ),
                50,
            ),
            "What match-based coupling compares unless a person says otherwise.",
        ),
        "filters": Key(_per_side(Key(ListOf(_condition, 20), "All must hold.")), "Filters in the place of Couplet's own."),
        "moreFilters": Key(_per_side(Key(ListOf(_condition, 20), "All must hold.")), "Filters in addition to Couplet's own."),
        "enabled": Key(YesNo(), "false: nothing looks at the mapping, and nothing waits for its records."),
        "companies": Key(Among(tuple(Companies)), "Whose rows of Sales it takes: its own and nobody's, its own only, or any company's."),
        "onlyCoupled": Key(YesNo(), "true: scheduled runs leave uncoupled records alone."),
        "conflict": Key(Among(tuple(ConflictPolicy)), "Who wins when both sides changed one field."),
        "conflicts": Key(TableOf(Among(tuple(ConflictPolicy)), FIELD_NAME), "The same for single fields or groups."),
        "deletion": Key(Among(tuple(DeletionPolicy)), "What follows when one row of a pair was deleted."),
        "leaving": Key(Among(tuple(LeavingPolicy)), "What follows when one row of a pair left the filters."),
        "leavings": Key(_per_side(Key(Among(tuple(LeavingPolicy)), "The policy.")), "The same, by the side whose row left."),
        "bound": Key(
            Form(
                {
                    "percent": Key(WholeNumber(0, 100), "Percent of the couplings."),
                    "least": Key(WholeNumber(0, 1_000_000), "And in any case so many records."),
                }
            ),
            "How many records one run may delete, deactivate, restore, uncouple or blank by itself.",
        ),
        "inactive": Key(_per_side(Key(TableOf(Plain(), COLUMN, 10), "Column = value.")), "The values that make a row inactive or blocked."),
        "startRule": Key(Among(tuple(StartRule)), "Who wins where the two rows of a new pair differ."),
        "category": Key(_text, "Mappings of one category are not looked at at the same time."),
        "minutes": Key(WholeNumber(0, WEEK), "Minutes between two runs; 0: at every tick of SYNC_SCHEDULE."),
        "wake": Key(YesNo(), "false: it runs by its schedule alone, whatever the services tell of changes."),
        "inactivityTimeout": Key(WholeNumber(0, WEEK), "Minutes without anything to do after which it is looked at as seldom; 0 is off."),
        "constants": Key(
            _per_side(Key(TableOf(CONSTANT, r"[A-Za-z][A-Za-z0-9_.@]{0,120}", 100), "Column = value.")),
            "Values that every row of a side has.",
        ),
        "templates": Key(_per_side(Key(ListOf(TEMPLATE, 50), "The first that fits, by priority.")), "What a new row is given, per side."),
        "accept": Key(_function, "Your function that says whether a record takes part."),
        "beforeWrite": Key(_function, "Your function that may change what is about to be written."),
        "afterWrite": Key(_function, "Your function that is told what was written."),
        "match": Key(_function, "Your function that chooses among the partners that the natural key found."),
        "fields": Key(TableOf(FIELD, FIELD_NAME), "Field rows by name: changed, added, or taken out."),
    }
)

ALIASES = Form({"countries": Key(TableOf(Words(10, r"[A-Za-z0-9]{1,10}", '"DE"')), "Name that people type = code.")})

TEMPLATES = TableOf(
    Form({"values": Key(TableOf(Plain(), most=100), "Column = value, given to the new row.")}, required=("values",)),
    r"[A-Za-z0-9 ._-]{1,60}",
)

COMPANIES = TableOf(TableOf(MAPPING, MAPPING_NAME, 100), r"[^\x00-\x1f]{1,100}", 50)
