"""What speaks for a step and against it, in points. Found by trying on the seen gold requests; no number serves one sentence."""

# How far the search looks.
WIDEST = 7
"""Clauses that one step may span."""
BEAM = 4
"""Readings that go on from one clause to the next."""
CONTENDERS = 3
"""Capabilities that are tried for one span."""
FAR = 3.0
"""Points behind the best score from which a capability is not tried."""

# What a step gains by its words.
ANCHORED = 0.9
"""For the one word, pair or shape that speaks most surely of the capability."""
LIKELY = 0.4
"""Times the logarithm of its share among all capabilities."""
SCORED = 0.05
"""Times the score itself, from -2 to 4."""
NAMED_BY_ID = 4.0
"""Added to the score of a capability that is named: "room.show lobby"."""
LEADS = 1.5
"""For the clause that begins with the action: it is the one that says what to do."""
LEARNED = 0.3
"""Times the margin, learned from many requests, by which its capability is likelier wanted than nothing."""
UNWANTED = 0.3
"""Times the log odds of a capability, where they are below zero: one is seldom wanted beside others that are likelier."""
LEAST_LEARNED = -8.0
MOST_LEARNED = 3.0
"""Bounds of the margin over nothing that is counted so."""
NOTHING_FOLLOWS = -1.5
"""Most log odds of nothing in a message that goes on with a conversation."""
AGAIN = -1.0
"""Least log odds of the capability that the message before asked for."""
ALONE = 3.0
"""Most that the margin over nothing counts beyond the odds themselves: each capability must be likely by itself."""
WANTED = 1.0
"""Log odds from which a capability is tried however little single words speak for it."""
LIKELIEST = -1.0
"""The same for the one that is likelier than all others and nothing."""
HOPELESS = -3
"""Log odds below which a capability is not even tried."""
LESS_ALONE = 1.0
"""Log odds by which a clause counts less than the whole request."""
ORDERED = 0.0
"""Log odds from which it counts at all."""
SAID_ALONE = 2.0
"""The same for a clause that does not begin as an order does."""
LEAD = 1.5
"""Log odds by which a capability must be likelier than all others and nothing, so that it is wanted however little its words say."""
SURELY_MEANT = 2.5
"""Margin from which a question, a statement or the denial of a right is an order."""
SURELY_WANTED = 2.0
"""Log odds from which a question or a statement is taken for a wish."""
LEFT_OUT = 3.0
"""Log odds by which somebody may be likelier nothing than left out, and is left out of what is done to all."""
IN_STORY = 2.5
"""Log odds by which somebody beside an order is likelier meant than not, so that the order is about them."""
SURELY_SET = 0.0
"""Log odds from which a step that sets something, and was given nothing, takes the likeliest value."""
PERHAPS = -3.0
"""Log odds, of what words mean, from which that is taken where some value must be meant."""
BESIDE = -1.5
"""Log odds below which a step is dropped beside another that is surely wanted."""
ROLE = 0.5
"""Times the log odds, learned from many requests, that a name is a value of the field."""
MEASURE_ROLE = 1.0
"""The same for a number or duration, in words of distance."""
SURE_OF_ROLE = 0.0
"""Log odds from which a measure needs no word of its field."""
NO_VALUE = 2.0
"""Log odds by which a measure must be likelier something else, so that no word makes it the field's value."""
LEARNED_NOTHING = 0.15
"""Times the log odds that nothing may be done: what a reading without steps gains."""

# What a step gains by its fields.
REQUIRED_THERE = 0.45
REQUIRED_MISSING = 0.4
OPTIONAL_THERE = 0.3
EXPLAINED = 0.05
MOST_EXPLAINED = 12
"""Each token that a field was read from, up to so many."""
TYPED_SURE = 1.0
"""Least value of a step that alone can take a mention that stands in it: a pasted token."""

# What steps cost.
STEP = 0.6
MORE = 1.0
"""One more step: two must explain more than one."""
MORE_ORDERED = 0.3
"""One more that is a sentence of its own and begins with its order."""
FRAGMENT = 1.2
"""One more that begins within a sentence and has neither order nor question."""
HEADLESS = 0.5
"""Going on with the capability before, without a word for it: "shard-b max 20"."""
GOES_ON = 0.1
REPEATS = 0.5
"""The same, where "also" or "another" says so."""
FROM_BEFORE = 0.3
"""The same, where the capability is from an earlier request."""

# What is passed over as talk.
NOTHING = 0.8
"""No step at all."""
COMMAND_PASSED = 0.55
"""A clause that orders something."""
TYPED_PASSED = 0.35
LIVE_PASSED = 0.4
SOLID_PASSED = 0.5
NAME_PASSED = 0.15
VALUE_PASSED = 0.4
"""Besides, for what is surely some field's value."""
WORD_PASSED = 0.02

# What stands in a step and has no part in it.
TYPED_UNUSED = 1.7
FOREIGN = 1.6
"""A word of something that no capability does."""
LIVE_UNUSED = 0.7
NAME_UNUSED = 0.6
VALUE_UNUSED = 0.3
"""Besides, for what is surely some field's value."""
MEASURE_UNUSED = 0.5
ACTION_UNUSED = 0.35
CONCEPT_UNUSED = 0.25
SPOKEN_OF = 0.12
"""Somebody named in a question whose answer does not need the name."""
WORD_UNUSED = 0.15
MOST_WORDS = 0.45
"""All ordinary words together, in a step that changes something: people explain themselves."""

# What speaks against a step.
NOT_ORDERED = 1.5
"""It changes something, and is only asked about or told of."""
REMARK = 1.5
"""It reads something, and nobody asks."""
PLAIN = 0.5
"""How surely a clause must speak of a read that it does not ask for."""
OTHER_VERB = 2.0
"""Its clause orders with a verb that no capability means."""
ORDER_UNUSED = 0.9
"""Another of its clauses orders something else."""
BETTER = 0.8
"""Points by which another capability must fit such a clause better."""
STRANGE_OBJECT = 1.6
"""Its verb's object is no thing of the capability."""
THING_OF = 0.8
"""The name is only what something else is about: "the questionnaire about stage"."""
MADE_AGAIN = 0.7
"""It makes a room that exists, or lets in who is inside."""
