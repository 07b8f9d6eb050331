"""Words to people: which messages exist, how they are worded in English and Welsh, and how they leave the house.

This room never knows whether a message *should* go, what state a case is in, or that a queue exists.
`catalogue` says what there is, `render` turns a name and fields into words, `senders` hand them to the world.
"""
