"""The gallery's table of sales, computed a second time: what the cells in the page are held against."""

from __future__ import annotations

import datetime
import math
from typing import Callable, Dict, List, NamedTuple, Tuple

COUNTRIES = [
    ("Australia", "Asia-Pacific", 14), ("Brazil", "Americas", 12), ("Canada", "Americas", 5), ("France", "Europe", 2), ("Germany", "Europe", 1),
    ("India", "Asia-Pacific", 9), ("Japan", "Asia-Pacific", 8), ("Mexico", "Americas", 7), ("Spain", "Europe", 3), ("Sweden", "Europe", 4),
    ("United Kingdom", "Europe", 6), ("United States", "Americas", 3),
]
COUNTRY_CHOICES = [0, 1, 2, 3, 4, 4, 5, 6, 6, 7, 8, 9, 10, 11, 11, 11]
CHANNEL_CHOICES = ["Online"] * 4 + ["Partner"] + ["Retail"] * 3
PRODUCTS = [
    ("Armchair", "Furniture", 27900, 72), ("Bookcase", "Furniture", 18900, 78), ("Desk", "Furniture", 34900, 81), ("Lamp", "Furniture", 5900, 58),
    ("Table", "Furniture", 45900, 92), ("Binder", "Office", 490, 45), ("Calendar", "Office", 1290, 50), ("Envelopes", "Office", 790, 52),
    ("Paper", "Office", 650, 61), ("Pencils", "Office", 380, 40), ("Stapler", "Office", 1590, 55), ("Camera", "Technology", 64900, 83),
    ("Headset", "Technology", 9900, 64), ("Laptop", "Technology", 119000, 88), ("Monitor", "Technology", 28900, 79),
    ("Printer", "Technology", 16900, 94),
]
DISCOUNTS = [0, 0, 0, 0, 0, 5, 10, 25]
SEASONS = [0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 2, 3]
DAYS = [datetime.date(2021, 1, 1) + datetime.timedelta(days=number) for number in range(1461)]
MASK = (1 << 64) - 1


class Order(NamedTuple):
    """One row; money in cents."""

    year: int
    region: str
    country: str
    channel: str
    category: str
    product: str
    quantity: int
    sales: int
    profit: int
    returned: bool


def toward_zero(number: int, divisor: int) -> int:
    """Integer division as processors do it."""
    return number // divisor if number >= 0 else -(-number // divisor)


def orders(count: int) -> List[Order]:
    """All rows of a table of `count`."""
    made = []
    for number in range(count):
        bits = (number + 1) * 0x9E3779B97F4A7C15 & MASK
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & MASK
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EB & MASK
        bits ^= bits >> 31
        day = DAYS[min(int(1461 * (math.sqrt(1 + 3 * number / count) - 1)), 1460)]
        country, region, freight = COUNTRIES[COUNTRY_CHOICES[bits & 15]]
        product, category, base, cost = PRODUCTS[bits >> 7 & 15]
        quantity = 1 + (bits >> 11 & 255) % 6 + SEASONS[day.month - 1]
        price = base + toward_zero(base * ((bits >> 19 & 1023) % 21 - 10), 100)
        sales = price * quantity * (100 - DISCOUNTS[bits >> 29 & 7]) // 100
        profit = sales - base * quantity * cost // 100 - sales * freight // 100
        made.append(Order(day.year, region, country, CHANNEL_CHOICES[bits >> 4 & 7], category, product, quantity, sales, profit,
                          (bits >> 32 & 1023) % 25 == 0))
    return made


def totals(rows: List[Order], key: Callable[[Order], Tuple[object, ...]]) -> Dict[Tuple[object, ...], Tuple[str, str]]:
    """Sales and profit of each group and of every group above it, as the grid writes them."""
    sums: Dict[Tuple[object, ...], List[int]] = {}
    for row in rows:
        path = key(row)
        for depth in range(len(path) + 1):
            total = sums.setdefault(path[:depth], [0, 0])
            total[0] += row.sales
            total[1] += row.profit
    return {path: (money(sales), money(profit)) for path, (sales, profit) in sums.items()}


def money(cents: int) -> str:
    """Cents as the grid writes amounts."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100:,}.{abs(cents) % 100:02}"
