"""Shares in hundredths of a percent: counted in whole numbers, cut and never rounded up."""


def basis_points(over: int | None, under: int | None) -> int | None:
    """One figure in hundredths of a percent of another; None where it cannot be told."""
    return over * 10_000 // under if over is not None and under else None


def percent(share: int | None) -> str:
    """A share as people write it, cut to one decimal; a dash where it cannot be told."""
    return "—" if share is None else f"{share // 100}.{share % 100 // 10} %"
