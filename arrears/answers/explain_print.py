"""An explanation as text: what was flagged first, of each what decided, the rest by its count."""

from rich.console import Console
from rich.markup import escape

from arrears.answers.display import listed_grounds
from arrears.answers.explain import NOT_DECIDED, NOT_FLAGGED, UNDER_WAY
from arrears.answers.explain_clocks import clock_sentence
from arrears.law.citations import written
from arrears.law.remedy import Part
from arrears.values import Row, dollars

HEADINGS = {
    UNDER_WAY: "Flagged or under way",
    NOT_DECIDED: "Not decided: a fact is missing",
    NOT_FLAGGED: "Not flagged",
}
ASKS: dict[Part, str] = {
    "enter": "May it begin?",
    "stay": "May it go on?",
    "release": "Must it be taken back?",
}
SAYS = {"flag": "Yes.", "clear": "No.", "unknown": "Not known."}
_COLORS = {
    "met": "green",
    "does not apply": "green",
    "applies": "red",
    "in the way": "red",
    "waived": "dim",
    "not known": "yellow",
}


def print_explanation(told: Row, out: Console, is_full: bool = False) -> None:
    """Prints an explanation as a good caseworker's note would read; `is_full` with each condition met."""
    out.print(f"[bold]{told['case']} on the night of {told['as_of']}, {told['state'].upper()}[/bold]")
    if told["purged"]:
        out.print(f"[yellow]{escape(told['purged'])} What was decided, and by which rule, follows.[/yellow]")
    for group, heading in HEADINGS.items():
        mine = [one for one in told["remedies"] if one["group"] == group]
        if mine:
            out.print(f"\n[bold underline]{heading} ({len(mine)})[/bold underline]")
        for one in mine:
            _print_remedy(one, out, is_full)
    if told["acts"] or told["deadlines"]:
        out.print()
    for act in told["acts"]:
        due = f", by {act['due_on']}" if act["due_on"] else ""
        why = ", ".join(one.replace("_", " ") for one in act["because"] or [])
        why = escape(f" ({why})") if why and act["status"] == "needs_person" else ""
        title, step = escape(act["title"]), act["step"].replace("_", " ")
        out.print(f"Act: {title}, {step}: {act['status'].replace('_', ' ')}{due}{why}.")
        if "clock" in act:
            _print_clock(act["clock"], act["clock"]["cites"], out)
    for one in told["deadlines"]:
        out.print(f"Deadline: {escape(one['said'])} [bold]{one['status'].replace('_', ' ')}[/bold]")
        _print_clock(one["clock"], list(dict.fromkeys([*one["clock"]["cites"], *one["cites"]])), out)
    if not told["remedies"]:
        out.print("No remedy decided anything about it.")
    elif not is_full:
        out.print("\n[dim]Each condition that is met: the same with --full.[/dim]")


def _print_remedy(one: Row, out: Console, is_full: bool) -> None:
    out.print(f"\n[bold]{escape(one['headline'])}[/bold]")
    if one["amount_cents"] is not None and one["group"] != NOT_FLAGGED:
        out.print(f"  About {one['subject']}, {dollars(one['amount_cents'])}.")
    _print_counted(one["cases"], out)
    for part, asks in ASKS.items():
        answer = one["parts"][part]
        if answer is None or (part == "enter" and has_begun(one) and not is_full):
            continue
        out.print(f"  {asks} [bold]{SAYS[answer['verdict']]}[/bold] [dim]{met_said(answer, part)}[/dim]")
        for condition in decided_first(answer["conditions"]):
            if is_full or condition["decides"]:
                _print_condition(condition, out, said=one["headline"])
    if is_full or one["group"] != NOT_FLAGGED:
        out.print(f"  If this were wrong: {escape(one['if_wrong'])}")
        out.print(f"  Innocent explanation to look for: {escape(one['innocent'])}")


def question_said(answer: Row, part: Part) -> str:
    """A question of a remedy with its answer."""
    return f"{ASKS[part]} {SAYS[answer['verdict']]}"


def has_begun(one: Row) -> bool:
    """Whether it began before this night, so that nobody asks any more whether it may."""
    return one["episode"] is not None and not one["episode"]["is_new"]


def decided_first(conditions: list[Row]) -> list[Row]:
    """Conditions as a reader wants them: what decides, then what is not met or not known, then the rest."""
    return sorted(conditions, key=lambda one: (not one["decides"], is_met(one)))


def is_met(condition: Row) -> bool:
    """Whether a condition stands in nobody's way: it holds, or the state does not ask for it."""
    return condition["answer"] is True or condition["is_waived"]


def met_said(answer: Row, part: str) -> str:
    """How many of the conditions that decide a question are met, or of the grounds to take it back apply."""
    count, of = f"{answer['met']} of {answer['asked']}", "ground" if part == "release" else "condition"
    several = "" if answer["asked"] == 1 else "s"
    waived = sum(one["is_waived"] for one in answer["conditions"])
    missing = sum(one["is_asked"] and one["answer"] is None for one in answer["conditions"])
    besides = f"{f', {missing} not known' if missing else ''}{f', {waived} waived' if waived else ''}"
    verb = "met" if part != "release" else "applies" if answer["met"] == 1 else "apply"
    return f"{count} {of}{several} {verb}{besides}."


def _print_counted(told: list[Row], out: Console) -> None:
    """Prints which cases count, and of another one each condition that keeps it from counting."""
    for one in told:
        if one["counts"]:
            out.print(f"  [green]{escape(one['text'])}[/green]")
            continue
        color = "yellow" if one["counts"] is None else "red"
        out.print(f"  [{color}]{escape(one['text'].split(':')[0])}[/{color}]:")
        for condition in one["conditions"]:
            if condition["condition"] in one["because"]:
                _print_condition(condition, out)


def _print_clock(clock: Row, cites: list[str], out: Console) -> None:
    out.print(f"    {escape(clock_sentence(clock))} [dim]{escape('; '.join(written(cites)))}[/dim]")


def _print_condition(condition: Row, out: Console, said: str = "") -> None:
    """Prints a condition; of one whose sentence was just said, its law and its rows."""
    law, mark = escape("; ".join(written(condition["cites"]))), condition["mark"]
    color = _COLORS[mark]
    under = f" ({condition['reading']} reading)" if condition["reading"] else ""
    lead, grounds = ("", []) if condition["text"] in said else listed_grounds(condition["text"])
    lead = f": {escape(lead)}" if lead else ""
    out.print(f"    [{color}]{mark}[/{color}]{under}{lead} [dim]{law}[/dim]")
    for ground in grounds:
        out.print(f"        - {escape(ground)}")
    for quote_ in condition["quotes"]:
        out.print(f"        [dim]“{escape(quote_)}”[/dim]")
    if condition["rows"]:
        out.print(f"        [dim]{escape('; '.join(condition['rows']))}[/dim]")
