"""What the library does with damaged input and interrupted runs."""
