"""What the clinic's chats come to in numbers: counted by day, without a word of what was said."""
