"""The mappings in dependency order: as a list, as text, as a chart."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import TopologicalSorter

from mapping.field import Direction
from mapping.model import TableMapping


def in_order(mappings: Mapping[str, TableMapping]) -> list[str]:
    """Names of mappings, each after all that it needs, otherwise as they were declared; a need that is not among them is left out.

    Of mappings that are in order already, any part stays in that order. CycleError where mappings need each other.
    """
    known = {name: [need for need in mapping.needs if need in mappings] for name, mapping in mappings.items()}
    TopologicalSorter(known).prepare()
    ordered: dict[str, None] = {}

    def place(name: str) -> None:
        for need in known[name]:
            if need not in ordered:
                place(need)
        ordered[name] = None

    for name in known:
        place(name)
    return list(ordered)


ARROWS = {Direction.BOTH: "<->", Direction.TO_SALES: "->", Direction.FROM_SALES: "<-"}


def as_text(mappings: Mapping[str, TableMapping]) -> str:
    """The mappings in their order, one a line: name, tables, direction, whose part it is, what each needs, and its mode."""
    lines = []
    for place, name in enumerate(in_order(mappings), 1):
        mapping = mappings[name]
        part = f"  with each {mapping.part_of}" if mapping.part_of else ""
        needs = f"  after {', '.join(mapping.needs)}" if mapping.needs else ""
        mode = f"  only with {mapping.only_in}" if mapping.only_in else ""
        lines.append(f"{place:2}. {name}: {mapping.bc.name} {ARROWS[mapping.direction]} {mapping.sales.name}{part}{needs}{mode}")
    return "\n".join(lines) + "\n"


def as_mermaid(mappings: Mapping[str, TableMapping]) -> str:
    """The same as a flow chart: what must be in step first points to what needs it."""
    names = {name: f"m{place}" for place, name in enumerate(in_order(mappings))}
    boxes = [f'    {key}["{name}"]' for name, key in names.items()]
    edges = [f"    {names[need]} --> {key}" for name, key in names.items() for need in mappings[name].needs if need in names]
    return "\n".join(["flowchart LR", *boxes, *edges]) + "\n"
