"""What each YAML file of the house may hold, told by the readers themselves while they read what is shipped.

`about.yml` beside it says in a sentence what each key means; a test holds that none is missing
and none extra.
"""

from arrears.reports.yaml_keys.keys import KeyOf, KindOf, keys_of, kinds, markdown
from arrears.reports.yaml_keys.kinds import KINDS, Kind

__all__ = ["KINDS", "KeyOf", "Kind", "KindOf", "keys_of", "kinds", "markdown"]
