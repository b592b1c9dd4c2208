"""The files of some days come in any order, and some of them twice: the night says the same."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from world import STATE, World, in_child

IN_ORDER = ("caseload", "bank_accounts", "dmv_licenses")
LAYERS = ("match", "facts", "verdicts", "plan")


def any_order(world: World, count: int, seed: int) -> Iterator[str | None]:
    """What is wrong with each night whose files came in another order; None where it says the same."""
    usual = _said(world, 0, None)
    if "the night" in usual:
        raise SystemExit(f"files in their own order: the night {usual['the night']}")
    for number in range(1, count + 1):
        said = _said(world, number, random.Random(f"{seed} {number}"))
        yield None if said == usual else f"order {number} of seed {seed}: {_differs(usual, said)}"


def _said(world: World, number: int, dice: random.Random | None) -> dict[str, str]:
    root, told = world.folder / f"order{number}", world.folder / f"order{number}.txt"
    if ended := in_child(lambda: lived(world, root, told, dice)):
        return {"the night": f"ended with {ended}"}
    shutil.rmtree(root)
    return dict(line.split("\t") for line in told.read_text().splitlines())


def lived(world: World, root: Path, told: Path, dice: random.Random | None) -> None:
    """Takes the files of five days in and runs the night of the last; notes the hash of every table."""
    from arrears.author.sample import inbox, sample_nights
    from arrears.data.store import Store
    from arrears.data.warehouse import content_hash
    from arrears.intake.inbox import take_in
    from arrears.night.steps import run_night

    days = sample_nights(STATE)[:5]
    # Under one key, so that the same number is the same token in every order.
    shutil.copytree(world.clean / "secret", root / "secret")
    store = Store.create(root, "invented")
    came = [
        sorted(path for path in inbox(day) if path.name.split(".")[0] == one)
        for day in days
        for one in sorted({path.name.split(".")[0] for path in inbox(day)})
    ]
    for files in mixed(came, dice) if dice else came:
        take_in(store, STATE, files, on=days[-1])
    run_night(store, STATE, days[-1])
    night = store.night(STATE, days[-1])
    tables = [at for layer in LAYERS for at in sorted((night / layer).glob("*.parquet"))]
    hashes = [(f"{at.parent.name}/{at.name}", content_hash(at)) for at in tables]
    told.write_text("\n".join(f"{name}\t{one}" for name, one in hashes))


def mixed(came: list[list[Path]], dice: random.Random) -> list[list[Path]]:
    """The deliveries in another order, some of them twice.

    What replaces or changes what came before keeps its order among its own: a person is asked otherwise.
    """
    again = dice.sample(came, len(came) // 4)
    found = [*came, *again]
    dice.shuffle(found)
    for feed in IN_ORDER:
        places = [place for place, files in enumerate(found) if files[0].name.split(".")[0] == feed]
        own = sorted((found[place] for place in places), key=lambda files: files[0].parent.parent.name)
        for place, files in zip(places, own, strict=True):
            found[place] = files
    return found


def _differs(one: dict[str, str], other: dict[str, str]) -> str:
    return ", ".join(
        sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))[:5]
    )
