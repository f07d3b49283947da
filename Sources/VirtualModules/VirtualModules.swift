// VirtualModules
