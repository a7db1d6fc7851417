"""What a person asked for and Couplet does not do: the request is fine, the records are not ready for it.

These are answered to the person who asked and never logged, so their messages may name records.
"""

from __future__ import annotations

from typing import ClassVar

from sync.errors.base import CoupletError


class RequestRefused(CoupletError):
    """What was asked for cannot be done with these records."""

    remedy = "Look at the records named in the message, and ask again."
    status: ClassVar[int] = 409


class NoSuchRecord(RequestRefused):
    """There is no such record."""

    remedy = "Check the id and the side; the record may have been deleted."
    status = 404


class NoSuchName(RequestRefused):
    """No single record has that name."""

    remedy = "Type the whole name or number of a record inside the mapping's filter, or give its id."
    status = 404


class ChoiceInUse(RequestRefused):
    """A choice goes only when no code is coupled to it and no row of Sales has it: rows would show a bare number."""

    remedy = "Uncouple it, or give the rows that have it another choice; then ask again."


class NotCoupled(RequestRefused):
    """The record is not coupled."""

    remedy = "Couple it first: POST couplings/{mapping}."


class NoPage(RequestRefused):
    """The other system has no page for a single record of this sort."""

    remedy = "Open its list there, or the column's options."


class NoStock(RequestRefused):
    """The product is of a sort that has no stock."""

    remedy = "Ask for a product that stands for an item; resources are not kept in stock."


class CoupledElsewhere(RequestRefused):
    """A record is coupled with another one: one row, one coupling."""

    remedy = "Uncouple the record named first, or move its coupling: POST couplings/{mapping}/move."


class OutsideFilter(RequestRefused):
    """A record is outside the mapping's filter: even coupled it would give and get nothing."""

    remedy = "Change the record so that it passes the filter, or say force: true and it is coupled all the same."


class NeverMade(RequestRefused):
    """The mapping makes no rows on that side."""

    remedy = "Make the record there by hand and couple the two."


class PartnerExists(RequestRefused):
    """An uncoupled record with the same key is there already."""

    remedy = "Couple the two, or say force: true to make another one all the same."


class OnHold(RequestRefused):
    """The mapping, or the whole connection, is on hold."""

    remedy = "Resume it first: POST mappings/{name}/resume or POST connection/resume."


class SwitchedOff(RequestRefused):
    """The mapping is switched off in this company."""

    remedy = 'Switch it on, or what it cannot do without: PATCH mappings/{name} {"enabled": true}.'


class PartOfDocument(RequestRefused):
    """The mapping is that of parts of other records, such as the lines of an order."""

    remedy = "Ask for the document that they belong to: its lines go with it."


class InWork(RequestRefused):
    """A run works on the record just now."""

    remedy = "Ask again in a moment."


class NothingToStart(RequestRefused):
    """There is nothing to start."""

    remedy = "Name the lines to run once more (mappings), restart those that did not end well, or reset the review."


class ParentUnfinished(RequestRefused):
    """A line waits for another one that is not finished."""

    remedy = "Start the lines named first together with it, or take them off the review."


class CountDiffers(RequestRefused):
    """The number of couplings is not the one that was confirmed."""

    remedy = "Look at the couplings again (GET couplings/{mapping}?count=true) and confirm the present number."


class NoSuchProblem(RequestRefused):
    """There is no such open problem."""

    remedy = "Look at the open problems: GET problems; a problem goes away by itself when its record is in step."
    status = 404


class BadChoice(RequestRefused):
    """A choice cannot be read."""

    remedy = 'Say for each field or group: "bc", "sales", "leave" or {"value": ...}, in the form in which GET problems shows the values.'
    status = 400


class ChangedMeanwhile(RequestRefused):
    """The records do not hold any more what you saw; nothing was written."""

    remedy = "Look at the values in this answer, and choose again with them as `seen`."


class ChoiceNotTaken(RequestRefused):
    """A side cannot take what was chosen; nothing was written."""

    remedy = "Choose the other side, leave both as they are, or type a value that both sides take."


class StillThere(RequestRefused):
    """A record of the problem still exists."""

    remedy = "Retry it, or park it: POST problems/retry, POST problems/skip. Only problems of deleted records can be taken away."


class InTheWay(RequestRefused):
    """Another run of the same sort is in process."""

    remedy = "Wait for it, or look at it: GET jobs/{id}."


class NotInThisMode(RequestRefused):
    """The mapping belongs to a mode that is not in force."""

    remedy = "Use the mappings of the present mode (GET mappings), or change the app setting that the answer names."
    status = 404


class CoupledOtherwise(RequestRefused):
    """The mapping is held back: its records were coupled in the other mode of orders."""

    remedy = (
        "Set ORDERS back to what it was, and let these orders be finished, or uncouple them (DELETE couplings/{mapping}); then change it."
    )


class NewerLines(RequestRefused):
    """The lines were written out by a newer version of the app."""

    remedy = "Deploy that version, or a newer one, and take them there; nothing was changed."


class DryRunFirst(RequestRefused):
    """The conversion was not looked at before, or the couplings changed since."""

    remedy = "Ask for a dry run (dryRun: true), look at what it tells, and send the number of records that it uncouples as confirm."


class Unconverted(RequestRefused):
    """The mapping is held back until the units are converted."""

    remedy = "Convert the units, as a dry run first (POST unit-groups/convert), or set UNIT_GROUPS back to what it was."
