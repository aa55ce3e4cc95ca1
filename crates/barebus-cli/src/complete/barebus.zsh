#compdef barebus

# A candidate is a line: the word, a colon, and what it is for. A colon in the word has a backslash before it.
_barebus() {
    local -a closed open
    local line word index=$((CURRENT - 1))
    # Only what stands before the cursor counts.
    local -a typed=("${(@Q)words[1,index]}" "${(Q)PREFIX}")
    for line in "${(@f)$(_CLAP_COMPLETE_INDEX=$index BAREBUS_COMPLETE=zsh barebus -- "${typed[@]}" 2>/dev/null)}"; do
        word=${${line//\\:/$'\1'}%%:*}
        # More of the same word follows.
        case $word in
            *[=/,$'\1']) open+=("$line") ;;
            ?*) closed+=("$line") ;;
        esac
    done
    (($#closed)) && _describe -V 'values' closed
    (($#open)) && _describe -V 'values' open -S ''
}

# Autoloaded from fpath, this file is the function's first call; sourced, it says whose words the function completes.
if [[ $funcstack[1] == _barebus ]]; then
    _barebus "$@"
else
    compdef _barebus barebus
fi
