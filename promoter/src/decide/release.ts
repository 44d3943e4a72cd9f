/** One image digest, built from one commit of a source repository; its tag is for people. */
export interface Release {
  image: string;
  tag: string;
  /** `sha256:` and 64 hex digits. */
  digest: string;
  /** 40 hex digits where known, or what the tag says. */
  commit: string | undefined;
  /** The registry says that its tag has this digest now: of two builds with one tag, it is the later. */
  isConfirmed?: true;
}

/** `image:tag@digest`: two releases with the same one are the same. */
export const referenceOf = ({ image, tag, digest }: Release): string => `${image}:${tag}@${digest}`;
