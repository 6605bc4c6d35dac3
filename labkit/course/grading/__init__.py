"""Grades the notebooks of a class: each alone, in a sandbox, by a judge that no student can reach.

    whole_class   a class or a shard of it, several submissions at once
    submissions   what was handed in, by whom
    restore       a submitted notebook with its locked cells as the workbook has them
    steps         what of it is run
    run           one notebook in a session of its own, limited in everything
      session       in the sandbox: the cloud, the desk and the student's kernel
      desk, judge   the check cells' answers, judged in a process that is not the student's
      kernel, seat  the student's kernel, in a sandbox within the sandbox
      processors    each submission's own, so that none takes time from another
      watch         ends what starts too many processes or fills the memory
    marks         points of one student, each loss with its reason
    classbook     the class: table, shards, and their merge
    feedback      a page for each student, and one for the class

A student's code runs in the kernel and in the functions that it deploys, each in a pid namespace of
its own without network. Points come from the judge's records alone, so whatever a notebook changes
in its own process, labkit included, changes no points but its own.
"""
