//go:build tools

// Package tools makes the module's requirement visible to go mod tidy.
package tools

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
