"""Salespeople in Business Central, users in Sales: who is whom, who left, who never matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.company.model import Draft, Row, guid

DOMAIN = "lindenhof.example"
Access = Literal["ok", "disabled", "unlicensed", "application", "integration"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Salesperson:
    """A salesperson in BC; `final` is what BC must hold after the first synch where the user's row says otherwise."""

    code: str
    name: str
    email: str
    phone: str = ""
    final: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """A user in Sales; `salesperson` is the code of the one it must be coupled to."""

    key: str
    name: str
    email: str
    phone: str | None = None
    access: Access = "ok"
    salesperson: str | None = None


LONG_NAME = "Grace Elizabeth Alexandra Thornton-Featherstonehaugh of Bath"
SALESPEOPLE = (
    Salesperson(code="AB", name="Anja Becker", email=f"anja.becker@{DOMAIN}", phone="+49 89 555 0101"),
    Salesperson(code="BO", name="Björn Olsen", email=f"bjoern.olsen@{DOMAIN}", phone="+45 33 555 010"),
    Salesperson(code="CL", name="Claire Laurent", email=f"claire.laurent@{DOMAIN}", phone="+33 4 5550 0103"),
    Salesperson(code="DK", name="Dirk Keller", email=f"dirk.keller@{DOMAIN}", phone="+49 40 555 0104"),
    Salesperson(code="EG", name="Elif Gruber", email=f"elif.gruber@{DOMAIN}", final=(("displayName", "Elif Gruber-Yıldız"),)),
    Salesperson(code="FH", name="François Hofmann", email=f"francois.hofmann@{DOMAIN}", final=(("phoneNo", "+41 44 555 0106"),)),
    Salesperson(code="GT", name="Grace Thornton", email=f"grace.thornton@{DOMAIN}", final=(("displayName", LONG_NAME[:50]),)),
    Salesperson(code="HN", name="Håkon Nygård", email=f"haakon.nygaard@{DOMAIN}", phone="+47 22 555 010"),
    Salesperson(code="IR", name="Ivo Rossi", email=f"ivo.rossi@{DOMAIN}"),
    Salesperson(code="JW", name="Jan Wójcik", email=f"jan.wojcik@{DOMAIN}"),
    Salesperson(code="KM", name="Kim Maier", email=f"kim.maier@{DOMAIN}"),
    Salesperson(code="LQ", name="Lena Quist", email=""),
)
USERS = (
    User(key="becker", name="Anja Becker", email=f"anja.becker@{DOMAIN}", phone="+49 89 555 0101", salesperson="AB"),
    User(key="becker-old", name="Anja Becker (old)", email=f"anja.becker@{DOMAIN}", access="disabled"),
    User(key="olsen", name="Björn Olsen", email=f"Bjoern.Olsen@{DOMAIN.title()}", phone="+45 33 555 010", salesperson="BO"),
    User(key="laurent", name="Claire Laurent", email=f"claire.laurent@{DOMAIN}", phone="+33 4 5550 0103", salesperson="CL"),
    User(key="keller", name="Dirk Keller", email=f"dirk.keller@{DOMAIN}", phone="+49 40 555 0104", salesperson="DK"),
    User(key="keller-bot", name="Keller Mail Robot", email=f"dirk.keller@{DOMAIN}", access="application"),
    User(key="gruber", name="Elif Gruber-Yıldız", email=f"elif.gruber@{DOMAIN}", salesperson="EG"),
    User(key="hofmann", name="François Hofmann", email=f"francois.hofmann@{DOMAIN}", phone="+41 44 555 0106", salesperson="FH"),
    User(key="thornton", name=LONG_NAME, email=f"grace.thornton@{DOMAIN}", salesperson="GT"),
    User(key="nygaard", name="Håkon Nygård", email=f"haakon.nygaard@{DOMAIN}", phone="+47 22 555 010", salesperson="HN"),
    User(key="rossi", name="Ivo Rossi", email=f"ivo.rossi@{DOMAIN}", access="disabled"),
    User(key="wojcik", name="Jan Wójcik", email=f"jan.wojcik@{DOMAIN}", access="unlicensed"),
    User(key="maier", name="Kim Maier-Novák", email=f"kim.novak@{DOMAIN}"),
    User(key="admin", name="Ada Administrator", email=f"admin@{DOMAIN}"),
    User(key="integration", name="INTEGRATION", email=f"integration@{DOMAIN}", access="integration"),
)
UNCOUPLED_USERS = {
    # why a user without salesperson stays apart
    "ok": "no_salesperson",
    "disabled": "user_disabled",
    "unlicensed": "user_not_licensed",
    "application": "application_user",
    "integration": "integration_user",
}

ACTIVE = tuple(user.salesperson for user in USERS if user.salesperson)
LEFT = tuple(person.code for person in SALESPEOPLE if person.code not in ACTIVE)
USER_OF = {user.salesperson: guid("systemusers", user.key) for user in USERS if user.salesperson}
OTHER_OWNER = guid("systemusers", "admin")


def add_people(draft: Draft) -> None:
    """Salespeople and users, coupled by e-mail and never created."""
    for person in SALESPEOPLE:
        row = {"id": guid("salespeoplePurchasers", person.code), "code": person.code, "displayName": person.name, "email": person.email}
        draft.to_bc(
            "salespeoplePurchasers",
            row | {"email2": "", "phoneNo": person.phone, "jobTitle": "Sales", "commisionPercent": 5, "blocked": False},
        )
        if person.code in ACTIVE:
            draft.ledger.pair("SALESPEOPLE", row["id"], USER_OF[person.code], dict(person.final))
        else:
            draft.ledger.apart("SALESPEOPLE", "bc", row["id"], "no_user")
    for user in USERS:
        draft.to_sales("systemusers", _user_row(user))
        if not user.salesperson:
            draft.ledger.apart("SALESPEOPLE", "sales", guid("systemusers", user.key), UNCOUPLED_USERS[user.access])


def _user_row(user: User) -> Row:
    first, _, last = user.name.rpartition(" ")
    application = guid("applications", user.key) if user.access == "application" else None
    return {
        "systemuserid": guid("systemusers", user.key),
        "firstname": first,
        "lastname": last,
        "fullname": user.name,
        "internalemailaddress": user.email,
        "domainname": f"{user.key}@{DOMAIN}",
        "mobilephone": user.phone,
        "isdisabled": user.access == "disabled",
        "islicensed": user.access != "unlicensed",
        "isintegrationuser": user.access == "integration",
        "accessmode": 4 if user.access in {"application", "integration"} else 0,
        "applicationid": application,
    }
