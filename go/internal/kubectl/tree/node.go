// Package tree shows resources with their conditions as a tree. Making nodes of objects is pure; only Write writes.
package tree

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/cluster"
)

// State is how something is, the better the lower.
type State int

const (
	Well State = iota
	UnderWay
	Unknown
	NotWell
)

// Node is one line of the tree with what hangs below it.
type Node struct {
	Title string
	State State
	// Detail is a short text beside the title.
	Detail string
	// Lines are further lines about the node itself.
	Lines    []Line
	Children []*Node
}

// Line is one condition, or one remark.
type Line struct {
	State State
	Text  string
}

// Add hangs a node below.
func (n *Node) Add(child *Node) { n.Children = append(n.Children, child) }

// Worst is the worst state of the node and everything below it.
func (n *Node) Worst() State {
	worst := n.State
	for _, child := range n.Children {
		worst = max(worst, child.Worst())
	}
	return worst
}

// Missing is a node for something that does not exist yet.
func Missing(kind, name string) *Node {
	return &Node{Title: kind + " " + name, State: UnderWay, Detail: "does not exist yet"}
}

// Unreadable is a node for something that could not be asked for.
func Unreadable(kind, name string, err error) *Node {
	return &Node{Title: strings.TrimSpace(kind + " " + name), State: Unknown, Detail: err.Error()}
}

// Resource makes a node of one of our own resources, with all its conditions.
func Resource(kind string, object *unstructured.Unstructured) *Node {
	node := &Node{Title: kind + " " + object.GetName(), State: Unknown, Detail: detailOf(kind, object.Object)}
	conditions := cluster.Conditions(object.Object)
	node.State = stateOf(object, conditions)
	node.Lines = conditionLines(conditions, node.State)
	if pause, isPaused := pauseLine(object); isPaused {
		node.Lines = append(node.Lines, pause)
	}
	if isOutdated(object) {
		node.Lines = append(node.Lines, Line{UnderWay, "the operator has not looked at the last change yet"})
	}
	return node
}

// conditionLines tells what is well in one line, and of what is not, each with its message.
func conditionLines(conditions []cluster.Condition, ofNode State) []Line {
	var well []string
	var lines []Line
	told := map[string]bool{}
	for _, condition := range conditions {
		state := conditionState(condition)
		_, isInverted := badWhenTrue[condition.Type]
		switch {
		case state == Well && !isInverted:
			well = append(well, condition.Type)
		case state == Well, isInverted && told[condition.Message]:
		default:
			if state == NotWell && ofNode == UnderWay {
				state = UnderWay // it is being worked on
			}
			lines = append(lines, Line{state, describe(condition)})
			told[condition.Message] = true
		}
	}
	if len(well) > 0 {
		lines = append([]Line{{Well, strings.Join(well, ", ")}}, lines...)
	}
	return lines
}

func describe(condition cluster.Condition) string {
	text := fmt.Sprintf("%s=%s %s", condition.Type, condition.Status, condition.Reason)
	if condition.Message != "" {
		text += ": " + condition.Message
	}
	return text
}

// badWhenTrue are the conditions whose good state is False.
var badWhenTrue = map[string]State{
	contract.ConditionReconciling: UnderWay, contract.ConditionStalled: NotWell, contract.ConditionPaused: UnderWay,
}

func conditionState(condition cluster.Condition) State {
	badState, isInverted := badWhenTrue[condition.Type]
	switch {
	case isInverted && condition.Status == "True":
		return badState
	case isInverted && condition.Status == "False", !isInverted && condition.Status == "True":
		return Well
	case condition.Status == "False":
		return NotWell
	default:
		return Unknown
	}
}

// stateOf judges by Ready, and takes a resource that is not ready but being worked on as under way.
func stateOf(object *unstructured.Unstructured, conditions []cluster.Condition) State {
	ready, isStalled, isReconciling := Unknown, false, false
	for _, condition := range conditions {
		isTrue := condition.Status == "True"
		switch condition.Type {
		case contract.ConditionReady:
			ready = conditionState(condition)
		case contract.ConditionStalled:
			isStalled = isTrue
		case contract.ConditionReconciling:
			isReconciling = isTrue
		}
	}
	switch {
	case isStalled:
		return NotWell
	case ready != Well && isReconciling, ready == Well && isOutdated(object), len(conditions) == 0:
		return UnderWay
	default:
		return ready
	}
}

func isOutdated(object *unstructured.Unstructured) bool {
	observed, isKnown, err := unstructured.NestedInt64(object.Object, "status", "observedGeneration")
	return err == nil && isKnown && observed < object.GetGeneration()
}
