package plugin

import (
	"encoding/json"
	"io"

	"sigs.k8s.io/yaml"
)

// writeJSON writes a document for programs, and for people who read it.
func writeJSON[Document any](out io.Writer, document Document) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}

func writeYAML[Document any](out io.Writer, document Document) error {
	text, err := yaml.Marshal(document)
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	return err
}
