// Overrides a schema's entry in the OpenAPI document: where its own rules say too little, or describe text that is converted.
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
