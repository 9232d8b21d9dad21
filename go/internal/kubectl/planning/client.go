package planning

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// Client asks a SQL planner.
type Client struct {
	// URL is its address, without a path.
	URL  string
	HTTP *http.Client
	// TrinoCatalog is the catalog's name in the text for Trino.
	TrinoCatalog string
}

const mostAnswerBytes = 64 << 20

// Answer is the plan of right SQL, or what is wrong with it.
type Answer struct {
	Plan   *contract.Plan
	Errors []contract.PlanErrorsError
}

// Plan asks for the plan of a product that may read the tables.
func (c *Client) Plan(ctx context.Context, definition *Definition, tables *Tables) (*Answer, error) {
	body, err := json.Marshal(definition.request(tables.of(definition.Spec.SQL), c.TrinoCatalog))
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL+contract.PathPlan, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := c.HTTP.Do(request)
	if err != nil {
		return nil, fmt.Errorf("asking the SQL planner: %w", err)
	}
	defer func() { _ = response.Body.Close() }() // it was read, or is given up
	text, err := io.ReadAll(io.LimitReader(response.Body, mostAnswerBytes))
	if err != nil {
		return nil, fmt.Errorf("reading the SQL planner's answer: %w", err)
	}
	return answerOf(response.StatusCode, text)
}

func answerOf(status int, text []byte) (*Answer, error) {
	var answer Answer
	var err error
	switch status {
	case http.StatusOK:
		answer.Plan = &contract.Plan{}
		err = json.Unmarshal(text, answer.Plan)
	case http.StatusUnprocessableEntity:
		var errors contract.PlanErrors
		err = json.Unmarshal(text, &errors)
		answer.Errors = errors.Errors
	default:
		var refusal struct {
			Message string `json:"message"`
		}
		if json.Unmarshal(text, &refusal) != nil || refusal.Message == "" {
			refusal.Message = "it gave no reason"
		}
		return nil, fmt.Errorf("the SQL planner answers with HTTP %d: %s", status, refusal.Message)
	}
	if err != nil || answer.Plan == nil && len(answer.Errors) == 0 {
		return nil, fmt.Errorf("the SQL planner answers otherwise than agreed with HTTP %d (%v); is it of this plugin's release?", status, err)
	}
	return &answer, nil
}
