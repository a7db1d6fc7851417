"""What a call does: the entity sets of a company, their verbs and their paths."""

from __future__ import annotations

import re
from typing import Any

from sandbox import odata
from sandbox.business_central import actions, documents, errors, metadata, navigation, query, schema, writes
from sandbox.business_central.calls import Answer, Call, segments
from sandbox.business_central.clock import etag, iso
from sandbox.business_central.company import Company, Environment
from sandbox.business_central.drafts import GUID
from sandbox.business_central.schema import EXTENSION, STANDARD
from sandbox.business_central.tables import Row
from sandbox.business_central.views import View, view
from sandbox.control import Simulator

_PAGE_SIZE = re.compile(r"odata\.maxpagesize=(\d+)", re.IGNORECASE)
USER_ID = "0a6d5c3e-2b4f-4f7d-8a9b-000000000001"


class Service:
    """Answers calls about companies and their entity sets."""

    def __init__(self, environment: Environment, simulator: Simulator) -> None:
        self.environment = environment
        self.counters = simulator.counters
        self.faults = simulator.faults

    def answer(self, call: Call) -> Answer:
        """The answer to a call, refusals included."""
        try:
            self._check_route(call)
            return self._dispatch(call, segments(call.path))
        except errors.Refused as refused:
            return self._refusal(refused)

    def _refusal(self, refused: errors.Refused) -> Answer:
        switches = self.environment.switches
        if refused.code == "Internal_EntityWithSameKeyExists":
            refused.status = int(switches["duplicateKeyStatus"])
        if switches["localizedErrors"] and refused.code.startswith(("Application_", "Internal_")):
            return Answer(refused.status, errors.body(refused.code, "Der Vorgang wurde abgelehnt."), dict(refused.headers))
        return Answer.refusal(refused)

    def _check_route(self, call: Call) -> None:
        if call.route == EXTENSION and self.environment.switches["profile"] != "extended":
            raise errors.no_route(f"{call.base}/{call.path}")
        if call.headers.get("data-access-intent", "").lower() == "readonly" and call.method != "GET":
            raise errors.not_allowed(call.method, call.path)

    def _dispatch(self, call: Call, path: list[tuple[str, str | None]]) -> Answer:
        name, key = path[0]
        if name == "companies" and (key is None or len(path) == 1):
            return self._companies(call, key)
        if name in metadata.DOCUMENTS and len(path) == 1:
            return metadata.DOCUMENTS[name](call, self.environment.switches["missingSets"])
        if name == "companies" and key is not None:
            return self._in_company(call, self.environment.company(key), path[1:])
        wanted = call.query.get("company") or call.headers.get("company")
        if wanted is None:
            raise errors.no_route(f"{call.base}/{call.path}")
        return self._in_company(call, self.environment.company(wanted), path)

    def _companies(self, call: Call, key: str | None) -> Answer:
        self.counters.route(call.method, "companies")
        if call.method != "GET":
            raise errors.not_allowed(call.method, "companies")
        context = f"{call.base}/$metadata#companies"
        if key is not None:
            return Answer(200, {"@odata.context": f"{context}/$entity", **company_row(self.environment.company(key))})
        rows = [company_row(company) for company in self.environment.companies.values()]
        fits = companies_filter(call.query.get("$filter", ""))
        return Answer(200, {"@odata.context": context, "value": [row for row in rows if fits(row)]})

    def _in_company(self, call: Call, company: Company, path: list[tuple[str, str | None]]) -> Answer:
        shown = self.find(call, company, path[0][0])
        self.counters.route(call.method, path[0][0])
        if len(path) == 1:
            return self._one(call, shown, path[0][1]) if path[0][1] is not None else self._set(call, shown)
        if path[0][1] is None:
            if path[1] == ("$count", None):
                return Answer(200, str(query.run(shown, query.Options(filter=call.query.get("$filter", ""), count=True), 1).count))
            raise errors.no_resource(path[1][0])
        return self._nested(call, shown, shown.row(self._key(path[0])), path[1:])

    def find(self, call: Call, company: Company, entity_set: str) -> View:
        """The view of an entity set on the route of a call. Raises Refused."""
        page = schema.pages().get((call.route, entity_set))
        if page is None or entity_set in self.environment.switches["missingSets"]:
            if call.route == STANDARD and entity_set in metadata.entity_types():
                raise errors.no_resource(entity_set)
            raise errors.no_route(f"{call.base}/companies({company.id})/{entity_set}")
        return view(company, page)

    def _nested(self, call: Call, shown: View, row: Row, path: list[tuple[str, str | None]]) -> Answer:
        name, key = path[0]
        if name.lower().startswith("microsoft.nav."):
            return self._action(call, shown, row, name[len("microsoft.nav.") :])
        link = shown.page.navigation.get(name)
        if link is None:
            raise errors.no_resource(name)
        target, rows = navigation.related(shown, row, link)
        if target is None:
            return Answer(200, {"@odata.context": f"{call.base}/$metadata#{name}", "value": []})
        if key is not None:
            return self._one(call, target, key)
        if call.method == "POST" and target.page.set in navigation.CHILDREN:
            return self._create(call, target, {navigation.CHILDREN[target.page.set]: row["SystemId"]})
        if call.method != "GET":
            raise errors.not_allowed(call.method, name)
        if link.many:
            return self._list(call, target, rows)
        if not rows:
            raise errors.no_resource(name)
        return self._one(call, target, rows[0]["SystemId"])

    def _action(self, call: Call, shown: View, row: Row, name: str) -> Answer:
        if call.method != "POST":
            raise errors.not_allowed(call.method, name)
        action = actions.ACTIONS.get((shown.page.set, name.lower()))
        if action is None or name.lower() not in (known.lower() for known in shown.page.actions):
            raise errors.not_implemented(f"The action '{name}' is not implemented.")
        self.counters.rows_written += 1
        action(shown.company, row, call.json())
        self.environment.journal.commit()
        return Answer(204)

    def _set(self, call: Call, shown: View) -> Answer:
        if call.method == "GET":
            return self._list(call, shown, self._temporary_rows(call, shown))
        if call.method == "POST":
            return self._create(call, shown, {})
        raise errors.not_allowed(call.method, shown.page.set)

    def _temporary_rows(self, call: Call, shown: View) -> list[Row] | None:
        """The rows of sets that BC makes up for a parent; None for ordinary sets. Raises Refused without the filter they need."""
        name, text = shown.page.set, call.query.get("$filter", "")
        if name == "contactsInformation":
            wanted = re.search(r"relatedId eq ([0-9a-fA-F-]{36})", text)
            if wanted is None or "relatedType" not in text:
                raise errors.dialog("id type not specified.")
            kind = "Vendor" if re.search(r"relatedType eq 'Vendor'", text) else "Customer"
            business = shown.company.table(kind).rows.get(wanted[1].lower())
            return navigation.contacts_of(shown.company, business, kind) if business else []
        if call.route == STANDARD and name in navigation.CHILDREN and name != "salesShipmentLines":
            wanted = re.search(r"\b(documentId|id) eq ([0-9a-fA-F-]{36})", text)
            if wanted is None:
                raise errors.dialog("You must specify an Id or a Document Id to get the lines.")
            field = "Document Id" if wanted[1] == "documentId" else "SystemId"
            return [row for row in shown.table.lookup(field, wanted[2].lower()) if shown.shows(row)]
        return None

    def _list(self, call: Call, shown: View, rows: list[Row] | None) -> Answer:
        options = query.Options.of(call.query)
        size, preferred = self._page_size(call)
        result = query.run(shown, options, size, rows)
        write = shown.writer(options.select)
        values = [write(row) for row in result.rows]
        if options.expand:
            for row, value in zip(result.rows, values, strict=True):
                navigation.expand(shown, row, value, options.expand)
        self.counters.rows_read += len(values)
        body: Row = {"@odata.context": f"{call.base}/$metadata#companies({shown.company.id})/{shown.page.set}"}
        if result.count is not None:
            body["@odata.count"] = result.count
        body["value"] = values
        if result.token:
            body["@odata.nextLink"] = query.next_link(f"{call.base}/{call.path}", call.query, result)
        return Answer(200, body, {"Preference-Applied": f"odata.maxpagesize={size}"} if preferred else {})

    def _page_size(self, call: Call) -> tuple[int, bool]:
        most = int(self.environment.switches["maxPageSize"])
        found = _PAGE_SIZE.search(call.headers.get("prefer", ""))
        if found is None:
            return most, False
        if int(found[1]) > most:
            raise errors.Refused("BadRequest", f"The page size exceeds the maximum of {most}.", status=413)
        return max(1, int(found[1])), True

    def _create(self, call: Call, shown: View, preset: Row) -> Answer:
        body = call.json()
        row = documents.create(shown, body, preset) if documents.is_document(shown) else writes.create(shown, body, preset)
        self.counters.rows_written += 1
        answer = self._entity(call, shown, row, 201)
        answer.headers["Location"] = f"{call.base}/companies({shown.company.id})/{shown.page.set}({row['SystemId']})"
        return answer

    def _one(self, call: Call, shown: View, key: str) -> Answer:
        key, match = self._key((shown.page.set, key)), call.headers.get("if-match")
        if call.method == "GET":
            self.counters.rows_read += 1
            return self._entity(call, shown, shown.row(key), 200)
        if call.method == "PATCH":
            body = call.json()
            change = documents.update if documents.is_document(shown) else writes.update
            self.counters.rows_written += 1
            return self._entity(call, shown, change(shown, key, body, match), 200)
        if call.method == "DELETE":
            (documents.remove if documents.is_document(shown) else writes.remove)(shown, key, match)
            self.counters.rows_written += 1
            return Answer(204)
        raise errors.not_allowed(call.method, shown.page.set)

    def _key(self, segment: tuple[str, str | None]) -> str:
        key = segment[1] or ""
        if not GUID.fullmatch(key):
            raise errors.bad_request(f"Invalid value '{key}' for the key of '{segment[0]}': a GUID is expected.")
        return key.lower()

    def _entity(self, call: Call, shown: View, row: Row, status: int) -> Answer:
        options = query.Options.of(call.query)
        value: dict[str, Any] = shown.writer(options.select)(row)
        if options.expand:
            navigation.expand(shown, row, value, options.expand)
        context = f"{call.base}/$metadata#companies({shown.company.id})/{shown.page.set}/$entity"
        return Answer(status, {"@odata.context": context, **value}, {"ETag": etag(row["version"])})


class _CompanyDialect(odata.Dialect):
    """Companies are filtered by their shown values."""

    def column(self, path: str) -> odata.Column:
        if path not in ("id", "name", "displayName", "systemVersion"):
            raise errors.unknown_property(path, "company")
        kind = "guid" if path == "id" else "text"
        return odata.Column(kind, lambda row: odata.as_comparable(kind, row[path]))


def companies_filter(text: str) -> odata.Predicate:
    """A predicate over rows of `companies`. Raises Refused."""
    try:
        return odata.compile_filter(odata.parse_filter(text), _CompanyDialect()) if text else lambda row: True
    except odata.BadQuery as wrong:
        raise errors.bad_request(str(wrong)) from wrong


def company_row(company: Company) -> Row:
    stamp = iso(company.created)
    return {
        "id": company.id,
        "systemVersion": "29.0.0.0",
        "timestamp": 1,
        "name": company.name,
        "displayName": company.display_name,
        "businessProfileId": "",
        "systemCreatedAt": stamp,
        "systemCreatedBy": USER_ID,
        "systemModifiedAt": stamp,
        "systemModifiedBy": USER_ID,
    }
