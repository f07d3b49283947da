# Completion for fish. Commands and options are those that the program names itself.
function __narrowbridge_commands
    narrowbridge --help 2>/dev/null | string match -r '^  [a-z][a-z-]*  .*' | string trim | string replace -r ' {2,}' \t
end

function __narrowbridge_options
    set -l words (commandline -opc)
    echo --help
    test (count $words) -gt 1; and narrowbridge $words[2] --help 2>/dev/null | string match -ar -- '--[a-z]+(?:-[a-z]+)*' | sort -u
end

function __narrowbridge_ports
    for port in /dev/narrowbridge/* /dev/serial/by-id/* /dev/ttyU* /dev/ttyA*
        echo $port
    end
end

function __narrowbridge_before
    set -l words (commandline -opc)
    contains -- $words[-1] $argv
end

complete -c narrowbridge -f
complete -c narrowbridge -n __fish_use_subcommand -a '(__narrowbridge_commands)'
complete -c narrowbridge -n __fish_use_subcommand -l help -d 'What there is'
complete -c narrowbridge -n __fish_use_subcommand -l version -d 'Which version this is'
complete -c narrowbridge -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' -a '(__narrowbridge_options)'
complete -c narrowbridge -n '__narrowbridge_before --config --password-file --ca-file --cert-file --key-file' -F
complete -c narrowbridge -n '__narrowbridge_before --platform' -a 'ctwing onenet andlink none bc25 bc32 lwm2m lwm2m:ct-iot lwm2m:ct-aep lwm2m:cu-dmp lwm2m:andlink'
complete -c narrowbridge -n '__narrowbridge_before --baud' -a '9600 19200 38400 57600 115200 230400 460800 921600'
complete -c narrowbridge -n '__narrowbridge_before queue' -a 'list drop retry'
complete -c narrowbridge -n '__narrowbridge_before serve-firmware' -a '(__fish_complete_directories)'
complete -c narrowbridge -n '__narrowbridge_before probe at' -a '(__narrowbridge_ports)'
