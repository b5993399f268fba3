"""Ways to say who is asked that the flow itself answers; all others are registered by the floors above."""

OWN_SOURCES = ("starter", "about", "person", "chosen", "formula")
"""发起人, 当事人, 指定的人, 发起时选的人, 公式算出的工号."""
