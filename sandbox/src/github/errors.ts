// Errors with the status and message that GitHub sends.
import type { ContentfulStatusCode } from 'hono/utils/http-status';

export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: ContentfulStatusCode;
  /** Validation errors: objects, or plain sentences in the case of reviews. */
  readonly errors: readonly (string | Record<string, string>)[] | undefined;
  /** The top-level `type` of a GraphQL error. */
  readonly graphqlType: string;

  constructor(
    status: ContentfulStatusCode,
    message: string,
    { errors, graphqlType = 'UNPROCESSABLE' }: { errors?: ApiError['errors']; graphqlType?: string } = {},
  ) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.graphqlType = graphqlType;
  }
}

export const notFound = (what = 'Not Found'): ApiError => new ApiError(404, what, { graphqlType: 'NOT_FOUND' });
export const forbidden = (): ApiError =>
  new ApiError(403, 'Resource not accessible by integration', { graphqlType: 'FORBIDDEN' });
export const validationFailed = (errors: ApiError['errors']): ApiError =>
  new ApiError(422, 'Validation Failed', { errors });
