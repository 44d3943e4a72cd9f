// The modes that Git gives to what stands in a tree. https://git-scm.com/docs/git-fast-import#_filemodify

export const FOLDER = 0o40000;
export const REGULAR_FILE = 0o100644;
export const EXECUTABLE_FILE = 0o100755;
export const SYMBOLIC_LINK = 0o120000;

/** Whether the text of such a file may be edited. */
export const isFile = (mode: number | undefined): boolean => mode === REGULAR_FILE || mode === EXECUTABLE_FILE;
