"""A whole class: judged on all cores, kept in a journal, and published when the staff say so."""
