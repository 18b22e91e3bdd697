-- What the prelude gives: the words of ruleset files, and what the program may call.
return { words = P.words, entry = P.entry }
