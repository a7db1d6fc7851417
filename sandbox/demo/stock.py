"""What leaves the warehouse: stock that is posted, seen at once by whoever asks, and on the product with the next look."""

from __future__ import annotations

import time

from sandbox.demo.stage import DemoFailed, Row, Stage, wait_for

MAPPING = "ITEM-PRODUCT"
TAKEN = 3


def stock_moves(stage: Stage) -> Row:
    """Take goods out of the warehouse and follow them; the seconds until the product shows it."""
    stage.screen.chapter("Goods leave the warehouse")
    item, product_id = _in_stock(stage)
    left, since = item["inventory"] - TAKEN, time.monotonic()
    stage.bc.hand("postStock", itemNumber=item["number"], quantity=-TAKEN)
    told = stage.couplet.get(f"availability/{product_id}")
    stage.screen.say(f"{told['number']} {told['name']}: {told['quantity']:g} {told['unit']} left, says availability at once")
    if told["quantity"] != left:
        raise DemoFailed(f"availability of {item['number']} is {told['quantity']:g} instead of {left:g}")
    _, seconds = wait_for(f"the stock of {item['number']} in Sales", lambda: _shown(stage, product_id) == left or None, since=since)
    stage.screen.say(f"On the product after {seconds:.1f} s", "green")
    return {"number": item["number"], "bcId": item["id"], "salesId": product_id, "seconds": seconds}


def _in_stock(stage: Stage) -> tuple[Row, str]:
    """An item that is there and coupled, and its product."""
    products = {each["bcId"]: each["salesId"] for each in stage.couplet.listed(f"couplings/{MAPPING}")}
    for item in stage.bc.rows("items"):
        if item["id"] in products and item["inventory"] > TAKEN and not item["blocked"]:
            return item, products[item["id"]]
    raise DemoFailed("the demo company holds no coupled item that is in stock")


def _shown(stage: Stage, product_id: str) -> float:
    return next(float(row["quantityonhand"] or 0) for row in stage.sales.rows("products") if row["productid"] == product_id)
