# shellcheck shell=bash
# Reads a Dockerfile and its .dockerignore, as far as this repository's use them.

# instructions FILE: one a line, its continuations joined to it, comments left out.
instructions() {
  local line whole=""
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line =~ ^[[:space:]]*# ]]; then continue; fi
    whole+=$line
    if [[ $whole == *\\ ]]; then
      whole=${whole%\\}
      continue
    fi
    if [[ -n ${whole//[[:space:]]/} ]]; then printf '%s\n' "$whole"; fi
    whole=""
  done <"$1"
}

# base_of STAGE: what its FROM names; 1 if the file has no such stage.
base_of() {
  local word base as name
  while read -r word base as name; do
    if [[ $word == FROM && $as == AS && $name == "$1" ]]; then
      printf '%s' "$base"
      return
    fi
  done < <(instructions "$DOCKERFILE")
  return 1
}

# steps_of STAGE: the instructions between its FROM and the next.
steps_of() {
  local line word base as name inside=""
  while IFS= read -r line; do
    read -r word base as name <<<"$line"
    if [[ $word == FROM ]]; then
      inside=""
      if [[ $name == "$1" ]]; then inside=yes; fi
    elif [[ -n $inside ]]; then
      printf '%s\n' "$line"
    fi
  done < <(instructions "$DOCKERFILE")
}

# words JSON: the strings of ["a", "b"], one a line; none may hold a quote or a comma.
words() {
  local list=${1#*[} word
  while IFS= read -r -d , word; do
    word=${word#*\"}
    printf '%s\n' "${word%\"*}"
  done <<<"${list%]*},"
}

# copy_context FOLDER: what COPY . . takes. Of .dockerignore only this is known: "*" first, then !PATH for what
# is taken, then **/NAME for what is left out of it.
copy_context() {
  local line taken=() left_out=()
  while IFS= read -r line; do
    case $line in
      '' | \#* | '*') ;;
      !*) taken+=("${line#!}") ;;
      '**/'*) left_out+=("--exclude=*/${line#\*\*/}") ;;
      *) fail ".dockerignore has a line that is not understood here: $line" ;;
    esac
  done <"$CONTEXT/.dockerignore"
  [[ $(grep -v '^#' "$CONTEXT/.dockerignore" | head -n 1) == '*' ]] \
    || fail ".dockerignore does not begin with *: what is not named would go into the build"
  tar -C "$CONTEXT" -cf - "${left_out[@]}" "${taken[@]}" | tar -C "$1" -xf -
}
