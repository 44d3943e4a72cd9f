// `application: name` of a promotion file is an Application in Argo CD's own namespace, `namespace/name` one in another.
// https://argo-cd.readthedocs.io/en/stable/operator-manual/app-any-namespace/
export interface ApplicationName {
  namespace: string;
  name: string;
}

export function parseApplicationName(text: string, defaultNamespace: string): ApplicationName {
  const slash = text.indexOf('/');
  return slash < 0
    ? { namespace: defaultNamespace, name: text }
    : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}

/** As promotion files may write it. */
export const spellingsOf = ({ namespace, name }: ApplicationName, defaultNamespace: string): string[] => [
  ...(namespace === defaultNamespace ? [name] : []),
  `${namespace}/${name}`,
];
