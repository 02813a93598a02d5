"""Text in, cubes out: readers, sentences, names, subjects and facts (MemOS's MemReader)."""
