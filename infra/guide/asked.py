"""What is asked, in this order. A question with a setting or a parameter needs nothing else to take effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.guide.addresses import corrected
from infra.guide.questions import EITHER, NO, YES, Question
from mapping.modes import Ownership, Pricing
from sync import setting_values as read


def _guid(text: str) -> str:
    try:
        return read.guid(text).lower()
    except ValueError as error:
        raise ValueError(f"{text or 'nothing'} is no guid") from error


def _installation(text: str) -> str:
    if not 2 <= len(text) <= 8 or not text.isalnum():
        raise ValueError(f"{text or 'nothing'}: give two to eight letters or digits")
    return text.lower()


TENANT = Question(name="tenantId", asks="The id of the tenant of both systems", setting="ENTRA_TENANT_ID", parameter="tenantId", read=_guid)
SALES = Question(name="salesUrl", asks="The organisation of Dynamics 365 Sales", setting="SALES_URL", parameter="salesUrl", read=corrected)
ENVIRONMENT = Question(
    name="bcEnvironment",
    asks="The environment of Business Central, such as Production",
    setting="BC_ENVIRONMENT",
    parameter="bcEnvironment",
)
COMPANIES = Question(
    name="bcCompanies", asks="The companies that are kept in step", setting="BC_COMPANY", parameter="bcCompanies", many=True
)
CLIENT = Question(
    name="clientId", asks="The application (client) id of the app", setting="ENTRA_CLIENT_ID", parameter="clientId", read=_guid
)

BEFORE = (
    Question(
        name="bcTimeZone",
        asks="The time zone of the companies, such as Europe/Berlin",
        setting="BC_TIME_ZONE",
        parameter="bcTimeZone",
        usual="UTC",
    ),
    Question(
        name="ownership",
        asks="Who owns the rows of Sales: the user of the salesperson, or one team for each company?",
        setting="OWNERSHIP",
        usual=Ownership.PERSON,
        choices=tuple(Ownership),
    ),
    Question(
        name="pricing",
        asks="Where prices of customers come from: price lists, or customer price groups?",
        setting="PRICING",
        usual=Pricing.LISTS,
        choices=tuple(Pricing),
    ),
    Question(
        name="unitGroups",
        asks="Does each product have units of its own (UNIT_GROUPS)?",
        setting="UNIT_GROUPS",
        usual="false",
        choices=("false", "true"),
    ),
    Question(
        name="orders",
        asks="Orders: stay as they are, are taken over from Sales, or go both ways?",
        setting="ORDERS",
        usual="none",
        choices=("none", "fromSales", "both"),
    ),
    Question(name="nearRealTime", asks="Shall both systems tell of changes at once?", parameter="nearRealTime", usual=NO, choices=EITHER),
    Question(name="alertEmails", asks="Who is told by e-mail when something needs a person?", parameter="alertEmails", usual="", many=True),
    Question(
        name="installation",
        asks="A short name for this installation, such as test or prod",
        parameter="installation",
        read=_installation,
    ),
)
"""What is asked before there is an app, beside where both systems are."""

PREPARE = Question(name="prepare", asks="Shall Sales be prepared so, as you?", usual=NO, choices=EITHER)
TEAM = Question(name="makeTeam", asks="Shall business unit, team and role be made, and salespeople be added to the team, as you?", usual=NO)
ON = Question(name="on", asks="Mappings to switch on (blank: none)", usual="", many=True)
OFF = Question(name="off", asks="Mappings to switch off (blank: none)", usual="", many=True)
ADOPT = Question(name="adopt", asks="Shall this be taken over?", usual=NO, choices=EITHER)
COUPLE = Question(name="coupleSalespeople", asks="Shall these be coupled?", usual=NO, choices=EITHER)
FULL = Question(
    name="fullSync",
    asks="A full synch now: not, as a dry run that writes nothing, or for good?",
    usual="no",
    choices=("no", "dryRun", "yes"),
)

PARAMETERS_OF_MODES = ("OWNERSHIP", "PRICING", "UNIT_GROUPS", "ORDERS")


def settings_of(answers: Mapping[Question, str]) -> dict[str, str]:
    """The app settings that follow from the answers; what leaves orders alone is no setting."""
    return {question.setting: given for question, given in answers.items() if question.setting and given and given != "none"}


def parameters_of(answers: Mapping[Question, str]) -> dict[str, Any]:
    """The parameters of main.bicep that follow from the answers; a mode is one of its further settings."""
    found: dict[str, Any] = {question.parameter: _value(question, given) for question, given in answers.items() if question.parameter}
    modes = {name: value for name, value in settings_of(answers).items() if name in PARAMETERS_OF_MODES}
    return {**{name: value for name, value in found.items() if value not in ("", [])}, "settings": modes}


def _value(question: Question, given: str) -> str | bool | list[str]:
    if question.many:
        return [part for part in given.split(";") if part]
    return given == YES if question.choices == EITHER else given
