# SPDX-License-Identifier: Apache-2.0
# Write each C example of a document to a file "N.LINE.c" in the folder `into`: what stands between
# ```c and ``` in Markdown, and in literal blocks of the EXAMPLES of a manual page.
function begin() {
    file = into "/" ++count "." NR + 1 ".c"
    printf "" > file
}
function end() {
    if (file != "")
        close(file)
    file = ""
}
/^```/ || /^\.Ed/ { end() }
file != "" {
    if (FILENAME ~ /\.[1-9]$/) {
        gsub(/\\e/, "\\")
        gsub(/\\[&]/, "")
        gsub(/\\-/, "-")
    }
    print > file
}
/^```c$/ { begin() }
/^\.Sh / { examples = $2 == "EXAMPLES" }
/^\.Bd -literal/ && examples { begin() }
END { end() }
