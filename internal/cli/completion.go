package cli

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" name:"shell"`
}

// Run writes a script that completes commands and flags in a shell.
func (c *completionCommand) Run(s *session, parsed *kong.Context) error {
	root := parsed.Model.Node
	switch c.Shell {
	case "bash":
		s.printf("%s", bashCompletion(root))
	case "zsh":
		s.printf("#compdef leaver\nautoload -U +X bashcompinit && bashcompinit\n%s", bashCompletion(root))
	case "fish":
		s.fishCompletion(root)
	}
	return nil
}

// bashCompletion answers a function that walks the words to find the command,
// and completes what can follow it.
func bashCompletion(root *kong.Node) string {
	var b strings.Builder
	b.WriteString("_leaver() {\n  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path= word words= i\n")
	b.WriteString("  for ((i = 1; i < COMP_CWORD; i++)); do\n    word=${COMP_WORDS[i]}\n    case \"$path $word\" in\n")
	forCommands(root, "", func(path string, _ *kong.Node) {
		if path != "" {
			fmt.Fprintf(&b, "      %q) path=%q ;;\n", path, path)
		}
	})
	b.WriteString("    esac\n  done\n  case \"$prev\" in\n")
	b.WriteString("    --csv|--result|--config|--password-file|--ca-file|--output|-o) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n")
	b.WriteString("    --data) COMPREPLY=($(compgen -d -- \"$cur\")); return ;;\n")
	b.WriteString("    --lang) COMPREPLY=($(compgen -W 'nl en' -- \"$cur\")); return ;;\n  esac\n  case \"$path\" in\n")
	forCommands(root, "", func(path string, node *kong.Node) {
		fmt.Fprintf(&b, "    %q) words=%q ;;\n", path, strings.Join(completions(root, node), " "))
	})
	b.WriteString("  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n")
	b.WriteString("  if [[ ${#COMPREPLY[@]} -eq 0 && $cur != -* ]]; then COMPREPLY=($(compgen -f -- \"$cur\")); fi\n}\n")
	b.WriteString("complete -F _leaver leaver\n")
	return b.String()
}

// forCommands calls do for every command with its path: " user list".
func forCommands(node *kong.Node, path string, do func(string, *kong.Node)) {
	do(path, node)
	for _, child := range node.Children {
		forCommands(child, path+" "+child.Name, do)
	}
}

// completions are the words that can follow a command.
func completions(root, node *kong.Node) []string {
	var words []string
	for _, child := range node.Children {
		words = append(words, child.Name)
	}
	for _, argument := range node.Positional {
		words = append(words, argument.EnumSlice()...)
	}
	flags := node.Flags
	if node != root {
		flags = append(append([]*kong.Flag{}, node.Flags...), root.Flags...)
	}
	for _, flag := range flags {
		words = append(words, "--"+flag.Name)
	}
	return append(words, "--help")
}

// fishCompletion writes a line for each command and flag, with its meaning.
func (s *session) fishCompletion(root *kong.Node) {
	s.printf("complete -c leaver -f\n")
	forCommands(root, "", func(_ string, node *kong.Node) {
		for _, child := range node.Children {
			s.printf("complete -c leaver%s -a %s -d %s\n", fishCondition(node, true), child.Name, fishQuote(child.Help))
		}
		for _, flag := range node.Flags {
			value := ""
			if !flag.IsBool() {
				value = " -r -F"
			}
			s.printf("complete -c leaver%s -l %s%s -d %s\n", fishCondition(node, false), flag.Name, value, fishQuote(flag.Help))
		}
	})
}

// fishCondition says when what follows a command is offered: its commands only
// until one of them has been typed.
func fishCondition(node *kong.Node, commands bool) string {
	var terms []string
	for at := node; at.Parent != nil; at = at.Parent {
		terms = append(terms, "__fish_seen_subcommand_from "+at.Name)
	}
	if commands {
		below := "not __fish_seen_subcommand_from"
		for _, child := range node.Children {
			below += " " + child.Name
		}
		terms = append(terms, below)
	}
	if len(terms) == 0 {
		return ""
	}
	return " -n " + fishQuote(strings.Join(terms, "; and "))
}

func fishQuote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}
