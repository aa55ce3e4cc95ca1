# zsh -f typed.zsh SHELL LINE…: types each line and a tab in an interactive shell on a terminal of its own, and prints what is typed then.
zmodload zsh/zpty
export TERM=dumb PS1= HOME=$PWD
case $1 in
    bash)
        start='source <(barebus completions bash)
bind "set enable-bracketed-paste off"; bind "set completion-query-items 0"; bind "set page-completions off"
_show() { echo "<<$READLINE_LINE>>"; READLINE_LINE=; }; bind -x "\"\C-x\": _show"; echo rea""dy'
        zpty typed bash --norc -i
        ;;
    zsh)
        barebus completions zsh >_barebus
        start='unsetopt zle_bracketed_paste prompt_sp; PROMPT= RPS1= LISTMAX=10000
fpath=($HOME $fpath); autoload -Uz compinit; compinit -D -u
_show() { print -r -- "<<$BUFFER>>"; BUFFER=; zle redisplay }; zle -N _show; bindkey "^X" _show; bindkey "^I" complete-word; echo rea""dy'
        zpty typed zsh -f -i
        ;;
esac
zpty -w typed $start
zpty -r -m typed out '*ready*'
for line in ${@:2}; do
    zpty -w -n typed $line$'\t\x18'
    zpty -r -m typed out '*>>*'
    print -r -- "${${out##*<<}%%>>*}|"
done
zpty -d typed
