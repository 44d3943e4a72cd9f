// How a schema stands in the OpenAPI document where its own rules say less, or say it of text that becomes something else.
import type { z } from 'zod';

type JsonSchema = Parameters<
  NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>
>[0]['jsonSchema'];

export function documentedAs(schema: JsonSchema): { override: (context: { jsonSchema: JsonSchema }) => void } {
  return {
    override({ jsonSchema }) {
      for (const key of Object.keys(jsonSchema)) if (key !== 'description') delete jsonSchema[key];
      Object.assign(jsonSchema, schema);
    },
  };
}
