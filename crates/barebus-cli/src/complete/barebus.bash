# Readline splits words at ':' and '=' too. Names and options have both, so the words are joined again, and what stands before the last of the two
# is taken off the candidates.
_barebus() {
    # A peer chooses the names of its members: one with a '*' must not become names of files.
    local -
    set -f
    local IFS=$'\013' line="${COMP_LINE:0:COMP_POINT}" words=() word blank i
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word="${COMP_WORDS[i]}"
        blank="${line%%[![:space:]]*}"
        line="${line#"$blank"}"
        ((i == COMP_CWORD)) && word="$line"
        line="${line#"$word"}"
        if [[ -n $blank || i -eq 0 || ${#words[@]} -eq 0 ]]; then
            words+=("${word//\\\\/\\}")
        else
            words[${#words[@]} - 1]+="${word//\\\\/\\}"
        fi
    done
    local index=$((${#words[@]} - 1)) candidates=()
    local current="${words[index]}"
    candidates=($(_CLAP_IFS="$IFS" _CLAP_COMPLETE_INDEX="$index" BAREBUS_COMPLETE=bash barebus -- "${words[@]}" 2>/dev/null))
    compopt +o nospace 2>/dev/null
    if [[ ${#candidates[@]} -eq 1 && ${candidates[0]} =~ [=/:,]$ ]]; then
        compopt -o nospace 2>/dev/null
    fi
    local before=""
    if [[ $current == *[:=]* && $COMP_WORDBREAKS == *[:=]* ]]; then
        before="${current%"${current##*[:=]}"}"
    fi
    COMPREPLY=()
    for word in "${candidates[@]}"; do
        word="${word#"$before"}"
        [[ $word == *[!A-Za-z0-9_./:=@,+-]* ]] && printf -v word %q "$word"
        COMPREPLY+=("$word")
    done
}
complete -o nospace -o bashdefault -o default -o nosort -F _barebus barebus 2>/dev/null ||
    complete -o nospace -o bashdefault -o default -F _barebus barebus
