"""Ways to say who is asked that the flow itself answers; all others are registered by the floors above."""

OWN_SOURCES = ("starter", "about", "person", "chosen", "formula")
"""发起人, 当事人, 指定的人, 发起时选的人, 公式算出的工号."""
UNWRITTEN = "[?]"
"""The condition of an arm that nobody wrote yet: without a text it would be 其他情况."""
