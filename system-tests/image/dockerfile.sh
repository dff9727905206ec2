# shellcheck shell=bash
# Parses the Dockerfile and .dockerignore features that this repository uses.

# instructions FILE: prints one instruction per line, with continuations joined and without comments.
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

# base_of STAGE: prints the base of its FROM; returns 1 if there is no such stage.
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

# steps_of STAGE: prints the instructions between its FROM and the next one.
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

# words JSON: prints the strings of ["a", "b"], one per line. They must not contain quotes or commas.
words() {
  local list=${1#*[} word
  while IFS= read -r -d , word; do
    word=${word#*\"}
    printf '%s\n' "${word%\"*}"
  done <<<"${list%]*},"
}

# copy_context FOLDER: copies the files of COPY . . to the folder. Supports only this .dockerignore syntax: "*" first, then
# !PATH for included paths, then **/NAME for excluded names.
copy_context() {
  local line taken=() excluded=()
  while IFS= read -r line; do
    case $line in
      '' | \#* | '*') ;;
      !*) taken+=("${line#!}") ;;
      '**/'*) excluded+=("--exclude=*/${line#\*\*/}") ;;
      *) fail ".dockerignore has an unsupported line: $line" ;;
    esac
  done <"$CONTEXT/.dockerignore"
  [[ $(grep -v '^#' "$CONTEXT/.dockerignore" | head -n 1) == '*' ]] \
    || fail ".dockerignore must begin with *, or unlisted files become part of the build"
  tar -C "$CONTEXT" -cf - "${excluded[@]}" "${taken[@]}" | tar -C "$1" -xf -
}
