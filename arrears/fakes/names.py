"""Names as often as in life: the head of the published counts, and an invented tail behind it.

The counts are those of the Census Bureau's "Frequently Occurring Surnames from Census 1990, Names Files"
(dist.all.last, dist.male.first, dist.female.first, 1995): per cent of the population, here in
ten-thousandths. Behind the head the names are put together or listed here and drawn unevenly, the first
ones of each list most often.
"""

from arrears.fakes.frame import Frame, sql_list
from arrears.fakes.places import FIRST_NAMES, LAST_NAMES
from arrears.fakes.shares import SAMPLE

WHOLE = 10_000
_SURNAMES = (
    "Smith 101 Johnson 81 Williams 70 Jones 62 Brown 62 Davis 48 Miller 42 Wilson 34 Moore 31 Taylor 31 "
    "Anderson 31 Thomas 31 Jackson 31 White 28 Harris 28 Martin 27 Thompson 27 Garcia 25 Martinez 23 "
    "Robinson 23 Clark 23 Rodriguez 23 Lewis 23 Lee 22 Walker 22 Hall 20 Allen 20 Young 19 Hernandez 19 "
    "King 19"
)
_MEN = (
    "James 332 John 327 Robert 314 Michael 263 William 245 David 236 Richard 170 Charles 152 Joseph 140 "
    "Thomas 138"
)
_WOMEN = (
    "Mary 263 Patricia 107 Linda 104 Barbara 98 Elizabeth 94 Jennifer 93 Maria 83 Susan 79 Margaret 77 "
    "Dorothy 73"
)
_MORE_MEN = (
    "Christopher Daniel Paul Mark Donald George Kenneth Steven Edward Brian Ronald Anthony Kevin Jason "
    "Matthew Gary Timothy Jose Larry Jeffrey Frank Scott Eric Stephen Andrew Raymond Gregory Joshua Jerry "
    "Dennis Walter Patrick Peter Harold Douglas Henry Carl Arthur Ryan Roger Joe Juan Jack Albert "
    "Jonathan Justin Terry Gerald Keith Samuel Willie Ralph Lawrence Nicholas Roy Benjamin Bruce Brandon "
    "Adam Harry Fred Wayne Billy Steve Louis Jeremy Aaron Randy Howard Eugene Carlos Russell Bobby Victor "
    "Martin Ernest Phillip Todd Jesse Craig Alan Shawn Clarence Sean"
)
_MORE_WOMEN = (
    "Lisa Nancy Karen Betty Helen Sandra Donna Carol Ruth Sharon Michelle Laura Sarah Kimberly Deborah "
    "Jessica Shirley Cynthia Angela Melissa Brenda Amy Anna Rebecca Virginia Kathleen Pamela Martha Debra "
    "Amanda Stephanie Carolyn Christine Marie Janet Catherine Frances Ann Joyce Diane Alice Julie Heather "
    "Teresa Doris Gloria Evelyn Jean Cheryl Mildred Katherine Joan Ashley Judith Rose Janice Kelly Nicole "
    "Judy Christina Kathy Theresa Beverly Denise Tammy Irene Jane Lori Rachel Marilyn Andrea Kathryn "
    "Louise Sara Anne Jacqueline Wanda Bonnie Julia Ruby Lois Tina"
)
_BEGINNINGS = (
    "Har Mor Wal Ber Hol Car Ste Mar Win Bar Ash Col Ger Hen Ken Lan Mel Nor Pen Ran Sal Tal Ver Wes Bel "
    "Cal Dal Ell Far Gal Hal Ing Jar Kel Lor Mil New Old Par Quin Ros Sher Thor Under Van Wen Yar Zim Ald "
    "Bran Chan Don Ed Fran Gran Had Is Kil Leb Mon Nash Or Pres Red Stan Tren Ul Vin Whit Wood Bou Des "
    "Fon Gau Lab Pel Tur Cas Rey"
)
_ENDINGS = (
    "son ley ton man field er ford ing well ham den ner ell worth land by ard is ens rick stone bury "
    "brook wood more dale berg ster wick mont ett low house stein cott hill lin over may shaw side bridge "
    "combe thorpe hurst good kin vale quist gate mark dorf ault ette ier iez ola ski ares ado"
)


def name_macros(frame: Frame) -> list[str]:
    """The macros `last_of(p)` and `first_of(p, is_man)`."""
    if frame.shape == SAMPLE:
        return [
            f"first_of(p, is_man) AS {_drawn(FIRST_NAMES, 'first')}",
            f"last_of(p) AS {_drawn(LAST_NAMES, 'last')}",
        ]
    tail = f"{_uneven(_BEGINNINGS, 'beginning')} || {_uneven(_ENDINGS, 'ending')}"
    other = f"CASE WHEN dice('odd', p, 20) = 0 THEN {_drawn(LAST_NAMES, 'last')} ELSE {tail} END"
    men, women = (
        _headed(head, "first", _uneven(more, "more"))
        for head, more in ((_MEN, _MORE_MEN), (_WOMEN, _MORE_WOMEN))
    )
    return [
        f"first_of(p, is_man) AS CASE WHEN is_man THEN {men} ELSE {women} END",
        f"last_of(p) AS {_headed(_SURNAMES, 'surname', other)}",
    ]


def _drawn(names: list[str], tag: str) -> str:
    return f"{sql_list(names)}[1 + dice('{tag}', p, {len(names)})]"


def _uneven(words: str, tag: str) -> str:
    """SQL for one of the words, the first ones much oftener than the last: the product of two draws."""
    names = words.split()
    many = len(names)
    return f"{sql_list(names)}[1 + dice('{tag}', p, {many}) * dice('{tag} again', p, {many}) // {many}]"


def _headed(head: str, tag: str, otherwise: str) -> str:
    """SQL for a name of the head as often as its count says, else for the other expression."""
    words = head.split()
    slots = [name for name, count in zip(words[::2], words[1::2], strict=True) for _ in range(int(count))]
    drawn = f"dice('{tag}', p, {WHOLE})"
    return f"CASE WHEN {drawn} < {len(slots)} THEN {sql_list(slots)}[1 + {drawn}] ELSE {otherwise} END"
