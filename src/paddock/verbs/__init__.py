"""Every command by its name, in the order in which `paddock --help` tells them."""

from paddock.verbs.data import DATA_VERBS
from paddock.verbs.models import MODEL_VERBS

VERBS = DATA_VERBS | MODEL_VERBS
