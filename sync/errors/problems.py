"""What the engine leaves to a person: one record, or one field of it, does not go on by itself."""

from __future__ import annotations

from sync.errors.base import CoupletError


class RecordProblem(CoupletError):
    """A record was not synchronised."""


class AmbiguousMatch(RecordProblem):
    """Several records on the other side could be the same."""

    remedy = "Couple the record with one of the candidates listed, or make their numbers, e-mails or names tell them apart."


class AlreadyCoupled(RecordProblem):
    """The matching record is coupled with another one."""

    remedy = "Uncouple the other record first, or merge the two duplicates in the system where they stand."


class UnclearClaim(RecordProblem):
    """An earlier attempt was interrupted, and several new records could be its result."""

    remedy = "Couple the record with the right one and delete the others."


class ConflictingEdits(RecordProblem):
    """The same field was edited on both sides to different values."""

    remedy = "Choose one of the values shown, type one or leave both: POST problems/resolve. A policy of the field can decide next time."
    settled_by_edit = True


class TextWouldBeLost(RecordProblem):
    """A text was edited where only its shortened form is kept; copying it back would lose the rest."""

    remedy = "Make the edit on the side that keeps the longer text, or choose: POST problems/resolve."
    settled_by_edit = True


class PingPong(RecordProblem):
    """Both sides keep rewriting a field, each to its own form."""

    remedy = "Find the rule, flow or plug-in that rewrites it, or make the field mapping one-way; POST problems/resolve settles one."
    settled_by_edit = True


class TypeChanged(RecordProblem):
    """The type of a coupled record was changed, so that the coupling no longer fits."""

    remedy = "Change the type back, or uncouple the record."
    settled_by_edit = True


class CreateOnly(RecordProblem):
    """The other side takes this field only when the record is created."""

    remedy = "Change it back, or uncouple the record and let it be created again."
    settled_by_edit = True


class WaitingForParent(RecordProblem):
    """The record waits for the one it belongs to."""

    remedy = "Bring the record named into step (see its own problem, or couple it); this one follows by itself."
    settled_by_edit = True


class NoOwner(RecordProblem):
    """The salesperson has no enabled user in Sales, so that nobody could own the record."""

    remedy = "Couple the salesperson with a user (same e-mail), or set OWNER_FALLBACK to a user or team."
    settled_by_edit = True


class NoOwnerTeam(RecordProblem):
    """The company has no team in Sales that could own the new row, and the app may not make what is missing."""

    remedy = (
        "Let an administrator make what the message names, or let the app's user do it: it needs the privileges to create business units "
        "and teams and to assign the role. OWNER_ROLE names another role."
    )


class NoCompanyContact(RecordProblem):
    """The customer or vendor has no company contact in Business Central to which people could belong."""

    remedy = "Make one there (Marketing Setup, Business Relations, then the report Create Contacts from Customers or Vendors), and retry."


class NoContact(RecordProblem):
    """The record of Sales belongs to nobody whom Business Central knows, and is not made there without a contact."""

    remedy = "Choose an account or contact for it in Sales that is coupled."
    settled_by_edit = True


class NoSalesperson(RecordProblem):
    """The owner in Sales is no salesperson of Business Central, and the record is not made there without one."""

    remedy = "Couple the owner's user with a salesperson, or make one of him (POST couplings/SALESPEOPLE), or assign the record to another."
    settled_by_edit = True


class UnknownCountry(RecordProblem):
    """The country is not known in Business Central."""

    remedy = "Correct it, add it to Countries/Regions, or add an alias to mappings.toml."


class UnitGroupBroken(RecordProblem):
    """The unit group does not hold the unit that the record uses."""

    remedy = "Leave exactly one unit in the unit group named in the message, or rename that group, so that a new one is made; then retry."


class UnknownUnit(RecordProblem):
    """The product's unit group in Sales does not hold the unit of the price."""

    remedy = "Price it in the unit that the product counts in, or work with unit groups of several units (app setting UNIT_GROUPS)."


class SecondPrice(RecordProblem):
    """The price list has a price for the product and unit already; a price list of Sales takes one."""

    remedy = "Leave one of the lines that are valid today for the item, unit and list: end the others, or move them into another list."


class OtherCurrency(RecordProblem):
    """The currency is not that of the price list, and a price list of Sales has one currency for all its prices."""

    remedy = "Correct the currency of the line named, or put its prices into a list of their own; a list's currency cannot change in Sales."


class UnitGroupInactive(RecordProblem):
    """The unit group is inactive in Sales."""

    remedy = "Activate the unit group named in the message (Sales: App Settings, Families and Products, Unit Groups); then retry."


class UnitGroupShared(RecordProblem):
    """The unit group in Sales is that of several products, and can be the one of none of them in Business Central."""

    remedy = "Give each product named in the message a unit group of its own: a product keeps its group, so make it anew; then retry."


class UnitGroupFixed(RecordProblem):
    """The product counts in a unit group of Sales that it cannot leave."""

    remedy = (
        "Sales never changes the unit group of a product. Give the product another number and retire it, uncouple it, and have a new one "
        "made: DELETE couplings/{mapping}, then POST couplings/{mapping} with createNew. Until then its other fields are kept in step."
    )
    settled_by_edit = True


class BaseUnitDiffers(RecordProblem):
    """The base unit of a unit group is not the unit, or the quantity, that Business Central counts with."""

    remedy = (
        "Rename the unit group in Sales, so that a new one is made, or correct the quantity of the unit in Business Central; then retry."
    )


class NoBaseUnit(RecordProblem):
    """The item or resource has no base unit of measure."""

    remedy = "Enter the base unit of measure on the card of the item or resource."
    settled_by_edit = True


class NoLocalCurrency(RecordProblem):
    """Sales has no currency with the ISO code of Business Central's local currency."""

    remedy = "Add the currency in Sales (Settings, Currencies), or correct the LCY Code in General Ledger Setup; then retry."


class NoPriceList(RecordProblem):
    """There is no default price list that the product could get its price in, and none can be made."""

    remedy = "Rename the price lists with the names shown, or let the app's user create price lists in Sales; then retry."


class CounterpartDeleted(RecordProblem):
    """The row that the record is coupled to was deleted."""

    remedy = "Restore the deleted row, delete the other one too, or uncouple the record: POST couplings/{mapping}/repair does each of them."
    settled_by_edit = True


class NoExchangeRate(RecordProblem):
    """The currency has no exchange rate that is valid today."""

    remedy = "Enter a rate on the page Currency Exchange Rates."


class MassChange(RecordProblem):
    """The run would delete, block, uncouple or blank more records than its bound allows."""

    remedy = (
        "Look at the list and confirm or dismiss it: POST mappings/{name}/confirm. If it should not be so long, find out first why so many "
        "records are gone or blank (permissions, company, a filter)."
    )
    settled_by_edit = True


class ListTooShort(RecordProblem):
    """The list of ids of one side is empty or far too short; it is not taken for deletions."""

    remedy = (
        "Check the app's permissions for the table, and the company or organisation it is connected to. If the rows were really "
        "deleted, repair the couplings: POST couplings/{mapping}/repair, as a dry run first."
    )


class MergedElsewhere(RecordProblem):
    """The row was merged into another one that is coupled to somebody else, or was deleted since."""

    remedy = "Merge the two records in Business Central, too, or uncouple one of them and move the other coupling to the row that is left."


class MarkedElsewhere(RecordProblem):
    """Another row of Sales is marked with the company and id of this record; this one is in step, without the marks."""

    remedy = "Look for the other row by couplet_bcid; clear couplet_companyid and couplet_bcid there, or merge the two."


class WorkFailed(RecordProblem):
    """The work on these records failed again and again and was given up."""

    remedy = "Look at the error shown, remove its cause and retry."


class UnknownTemplate(RecordProblem):
    """The template for the new record does not exist, so that nothing was created."""

    remedy = "Declare the template in mappings.toml, or take its name out of the mapping's templates; then retry."


class NoTemplate(RecordProblem):
    """Business Central has no template that gives the new record what it needs to be used, so that nothing was created."""

    remedy = "Open the page of Business Central that the message names and complete a template without currency, or choose one: bcTemplate."


class ExtensionFailed(RecordProblem):
    """A function of your own that the mapping names failed for this record."""

    remedy = "Correct the function that the message names, deploy it and retry; or take its name out of mappings.toml."
