"""Invented people's names and the towns they live in: lists that the generator draws from.

Names that break careless readers (Null, NA, True, O'Brien, hyphens, accents, particles) are among
them on purpose. All letters exist in latin-1, and fit the narrowest name fields of the partners.
"""

FIRST_NAMES = [
    "Ada", "Alden", "Amos", "Anaïs", "Avery", "Beau", "Bria", "Caleb", "Carmen", "Celia", "Chloé", "Cyrus",
    "Dahlia", "Darcy", "Delia", "Desmond", "Edda", "Eli", "Esmé", "Ezra", "Fern", "Finn", "Gideon", "Greta",
    "Hana", "Hollis", "Ida", "Ilan", "Inez", "Ivo", "Jana", "Jonas", "José", "Juno", "Kai", "Keira", "Lars",
    "Lena", "Liora", "Lowell", "Mabel", "Mateo", "Mira", "Moss", "Nadia", "Nell", "Noé", "Oda", "Orson",
    "Otis", "Paz", "Petra", "Quill", "Ravi", "Renée", "Rhys", "Rosa", "Saul", "Selma", "Silas", "Sören",
    "Tamsin", "Theo", "Una", "Vera", "Wade", "Willa", "Xenia", "Yara", "Zane",
]  # fmt: skip

LAST_NAMES = [
    "Abbot", "Alder", "Amsel", "Ashgrove", "Ballast", "Barkwell", "Beaudry", "Birchfall", "Bowline",
    "Brackett", "Brightwater", "Caulfeather", "Chickering", "Cobblestone", "Corbeau", "Cranebrook",
    "D'Angelo", "Damrow", "Deschênes", "Dovekie", "Drumlin", "Eastlight", "Elmstead", "Fairhaven", "Fenwick",
    "Firth", "Foxglove", "Frostmark", "Garneau", "Gannet", "Gorham", "Granitoff", "Greenlaw", "Halyard",
    "Harrow", "Hawthorn", "Heronwood", "Hollowell", "Ibbotson", "Islesford", "Juniper", "Keelson",
    "Kettlebay", "Kinross", "Knotwood", "Lampwright", "Larkspur", "LeBlanc", "Lobsterman", "Longfathom",
    "Mackerly", "Marlinspike", "Merganser", "Millinock", "Moosewood", "Mudgett", "NA", "Nightingale",
    "Norumbega", "Null", "Núñez", "O'Brien", "O'Hara", "Oakhum", "Osprey", "Pemaquid", "Pinkham", "Plover",
    "Quahog", "Quarrier", "Ravenel", "Redpath", "Rockweed", "Saltmarsh", "Sandoval", "Seawright",
    "Shearwater", "Skillings", "Smith-Jones", "Spruceton", "St.Pierre", "Sternwall", "Swiftcurrent",
    "Tamarack", "Tern", "Thibodeaux", "True", "Tidewell", "Underhill", "Vandersea", "Wainscott", "Waterline",
    "Weatherby", "Whitecap", "Wickersham", "Windrow", "Wyeth-Lamb", "Yarrow", "Yellowleg", "Zephyr",
]  # fmt: skip

STREETS = [
    "Alewife Ln", "Beacon St", "Birch Rd", "Buoy Ct", "Canal St", "Cove Rd", "Dune Way", "Elm St", "Ferry Rd",
    "Granite St", "Harbor Rd", "Inlet Dr", "Juniper Ln", "Kelp Rd", "Ledge Rd", "Maple Ave", "Mill St",
    "Orchard Rd", "Pier Rd", "Quarry Rd", "River Rd", "Spruce St",
]  # fmt: skip

EMPLOYERS = [
    "Invented Boatyard", "Imaginary Paper Mill", "Fictional Cannery", "Pretend Grocers", "Made-Up Hospital",
    "Nowhere Logging Co", "Storybook School Dept", "Fable Freight", "Mythic Motors", "Legend Lumber",
    "Parable Potato Farm",
]  # fmt: skip

BANKS = (("080000011", "Invented Savings Bank"), ("080000029", "Pretend Credit Union"))

# Two letters: FIPS code, then towns with the first ZIP code of each.
STATES: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "me": ("23", [("Portland", "04101"), ("Bangor", "04401"), ("Augusta", "04330"), ("Lewiston", "04240"),
                  ("Presque Isle", "04769"), ("Bath", "04530"), ("Machias", "04654"), ("Rumford", "04276")]),
    "ma": ("25", [("Boston", "02108"), ("Worcester", "01608"), ("Lowell", "01852")]),
    "md": ("24", [("Baltimore", "21201"), ("Frederick", "21701"), ("Salisbury", "21801")]),
    "mi": ("26", [("Detroit", "48201"), ("Lansing", "48901"), ("Marquette", "49855")]),
    "mn": ("27", [("Saint Paul", "55101"), ("Duluth", "55802"), ("Mankato", "56001")]),
    "mo": ("29", [("Kansas City", "64105"), ("Columbia", "65201"), ("Joplin", "64801")]),
    "ms": ("28", [("Jackson", "39201"), ("Biloxi", "39530"), ("Tupelo", "38801")]),
    "mt": ("30", [("Helena", "59601"), ("Billings", "59101"), ("Missoula", "59801")]),
    "ne": ("31", [("Omaha", "68102"), ("Lincoln", "68502"), ("Kearney", "68845")]),
    "nh": ("33", [("Concord", "03301"), ("Nashua", "03060"), ("Keene", "03431")]),
    "nv": ("32", [("Carson City", "89701"), ("Reno", "89501"), ("Elko", "89801")]),
}  # fmt: skip
