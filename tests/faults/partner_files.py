"""Partners' files are damaged at random: each is taken, held or refused in a sentence, and no row is lost."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from world import STATE, World, in_child

CONTRACTS = Path(__file__).resolve().parents[2] / "sample_data" / "contracts"
EACH = 25  # files that one process takes, one after the other, into one store


def random_damage(world: World, count: int, seed: int) -> Iterator[str | None]:
    """What is wrong with what became of each damaged file; None where nothing."""
    good = sorted(path for path in CONTRACTS.glob("*/good.*") if not path.name.endswith("control.json"))
    told = world.folder / "told"
    for first in range(0, count, EACH):
        told.unlink(missing_ok=True)
        numbers = range(first, min(first + EACH, count))
        ended = in_child(lambda numbers=numbers: take_all(world, good, numbers, seed, told), is_quiet=True)
        lines = told.read_text().splitlines() if told.exists() else []
        yield from (line.partition(" ")[2] or None for line in lines)
        if ended:
            yield f"damaged file {numbers[0] + len(lines)} of seed {seed}: the receipt ended with {ended}"
            yield from (None for _ in numbers[len(lines) + 1 :])


def take_all(world: World, good: list[Path], numbers: range, seed: int, told: Path) -> None:
    """Takes damaged files in, one receipt each, and notes a line for each."""
    from promises import broken_promises

    from arrears.data.store import Store
    from arrears.errors import ArrearsError
    from arrears.intake.inbox import take_in

    store = Store.create(world.folder / f"taken{numbers[0]}", "invented")
    day = date(2025, 1, 15)
    for number in numbers:
        dice = random.Random(f"{seed} {number}")
        source = dice.choice(good)
        folder = world.folder / f"inbox{number}"
        folder.mkdir()
        path = folder / f"{source.parent.name}{source.suffix}"
        path.write_bytes(damaged(source.read_bytes(), dice))
        control = source.with_name("good.control.json")
        files = [path]
        if control.exists() and dice.random() < 1 / 2:
            files.append(folder / f"{path.stem}.control.json")
            files[-1].write_bytes(
                damaged(control.read_bytes(), dice) if dice.random() < 1 / 2 else control.read_bytes()
            )
        wrong = ""
        try:
            came = take_in(store, STATE, files, on=day + timedelta(number))["deliveries"]
            if not came or any(not one["outcome"] for one in came):
                wrong = f"nothing is said of a damaged {path.stem} ({number})"
            elif any(one["outcome"] in ("held", "refused") and not one["reason"] for one in came):
                wrong = f"no reason is given for a damaged {path.stem} ({number})"
        except ArrearsError:
            pass  # a sentence for people, and nothing was taken
        if broken := broken_promises(store.root):
            wrong = f"after a damaged {path.stem} ({number}): {broken[0]}"
        with told.open("a") as notes:
            notes.write(f"{number} {wrong}\n")


def damaged(data: bytes, dice: random.Random) -> bytes:
    """The file with one to three things done to it that a transfer, an editor or a program does."""
    for _ in range(dice.randint(1, 3)):
        lines = data.splitlines(keepends=True) or [b""]
        at, line = dice.randrange(len(data) or 1), dice.randrange(len(lines))
        match dice.randrange(12):
            case 0:
                data = data[:at]
            case 1:
                data = data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]
            case 2:
                data = data[:at] + dice.randbytes(dice.randint(1, 40)) + data[at:]
            case 3:
                data = data[:at] + data[at + dice.randint(1, 40) :]
            case 4:
                data = data + data
            case 5:
                data = b"".join([*lines[:line], *lines[line + 1 :]])
            case 6:
                data = b"".join([*lines[: line + 1], *lines[line:]])
            case 7:
                data = data.replace(b"\n", dice.choice((b"\r\n", b"\r", b"\n\n")), dice.choice((1, -1)))
            case 8:
                data = data[:at] + b"\0" + data[at + 1 :]
            case 9:
                data = dice.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"PK\x03\x04", b"PAR1", b"\x1f\x8b")) + data
            case 10:
                dice.shuffle(lines)
                data = b"".join(lines)
            case _:
                digits = [place for place, one in enumerate(data) if 48 <= one < 58] or [0]
                put = dice.choice(digits)
                data = data[:put] + str(dice.randrange(10)).encode() + data[put + 1 :]
    return data
