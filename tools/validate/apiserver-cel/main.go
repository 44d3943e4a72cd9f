// Command apiserver-cel judges admission requests by ValidatingAdmissionPolicies with the API server's own CEL: {policies, attempts} on the
// standard input, and a list of {policy, attempt, reason} of what is refused on the standard output.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"slices"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types/ref"
	"k8s.io/apiserver/pkg/cel/environment"
)

type expression struct {
	Name              string `json:"name"`
	Expression        string `json:"expression"`
	MessageExpression string `json:"messageExpression"`
}

type rule struct {
	Operations []string `json:"operations"`
	Resources  []string `json:"resources"`
}

type policy struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec struct {
		MatchConstraints struct {
			ResourceRules []rule `json:"resourceRules"`
		} `json:"matchConstraints"`
		MatchConditions []expression `json:"matchConditions"`
		Variables       []expression `json:"variables"`
		Validations     []expression `json:"validations"`
	} `json:"spec"`
}

type attempt struct {
	Says      string         `json:"says"`
	Operation string         `json:"operation"`
	Object    map[string]any `json:"object"`
	Before    map[string]any `json:"before"`
}

type refusal struct {
	Policy  string `json:"policy"`
	Attempt string `json:"attempt"`
	Reason  string `json:"reason"`
}

var resources = map[any]string{"Pod": "pods", "Job": "jobs"}

func (p policy) matches(a attempt) bool {
	return slices.ContainsFunc(p.Spec.MatchConstraints.ResourceRules, func(r rule) bool {
		return slices.Contains(r.Operations, a.Operation) && slices.Contains(r.Resources, resources[a.Object["kind"]])
	})
}

// judge returns why the policy refuses the attempt, or nothing. An error refuses.
func (p policy) judge(env *cel.Env, a attempt) string {
	if !p.matches(a) {
		return ""
	}
	variables := map[string]any{}
	context := map[string]any{
		"object": a.Object, "oldObject": nil, "variables": variables,
		"request": map[string]any{"operation": a.Operation},
	}
	if a.Before != nil {
		context["oldObject"] = a.Before
	}
	evaluate := func(text string) (ref.Val, error) {
		ast, issues := env.Compile(text)
		if issues.Err() != nil {
			return nil, issues.Err()
		}
		program, err := env.Program(ast)
		if err != nil {
			return nil, err
		}
		value, _, err := program.Eval(context)
		return value, err
	}
	for _, condition := range p.Spec.MatchConditions {
		value, err := evaluate(condition.Expression)
		if err != nil {
			return err.Error()
		}
		if value.Value() != true {
			return ""
		}
	}
	for _, variable := range p.Spec.Variables {
		value, err := evaluate(variable.Expression)
		if err != nil {
			return err.Error()
		}
		variables[variable.Name] = value
	}
	for _, validation := range p.Spec.Validations {
		value, err := evaluate(validation.Expression)
		if err != nil {
			return err.Error()
		}
		if value.Value() == true {
			continue
		}
		if validation.MessageExpression == "" {
			return validation.Expression
		}
		message, err := evaluate(validation.MessageExpression)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(message.Value())
	}
	return ""
}

func main() {
	var input struct {
		Policies []policy  `json:"policies"`
		Attempts []attempt `json:"attempts"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&input); err != nil {
		log.Fatal(err)
	}
	base, err := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()).Env(environment.NewExpressions)
	if err != nil {
		log.Fatal(err)
	}
	env, err := base.Extend(
		cel.Variable("object", cel.DynType), cel.Variable("oldObject", cel.DynType),
		cel.Variable("request", cel.DynType), cel.Variable("variables", cel.DynType),
	)
	if err != nil {
		log.Fatal(err)
	}
	refusals := []refusal{}
	for _, p := range input.Policies {
		if p.Kind != "ValidatingAdmissionPolicy" {
			continue
		}
		for _, a := range input.Attempts {
			if reason := p.judge(env, a); reason != "" {
				refusals = append(refusals, refusal{p.Metadata.Name, a.Says, reason})
			}
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(refusals); err != nil {
		log.Fatal(err)
	}
}
