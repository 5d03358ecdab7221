; The installer for Windows, for Inno Setup 6.4 or newer (https://jrsoftware.org/isinfo.php).
;
;   bash packaging/bundle.sh                                         makes dist\TLStudio
;   iscc /DAppVersion=0.1.0 packaging\windows\tlstudio.iss           makes dist\TLStudio-0.1.0-setup.exe
;
; It installs for the user who runs it and asks for no administrator; /ALLUSERS asks for one. Not built
; where TLStudio is developed: tests check its form only (tests/packaging/test_windows.py).

#ifndef AppVersion
  #error Say which version: iscc /DAppVersion=0.1.0
#endif

#define AppName "TLStudio"
#define Program "tlstudio.exe"
#define RunType "TLStudio.Run"
#define PackType "TLStudio.ClassPack"

[Setup]
AppId={{A5788E1C-7DD8-4DC7-94DB-6925F35FFBC3}
AppName={#AppName}
AppVersion={#AppVersion}
AppVerName={#AppName} {#AppVersion}
AppPublisher=The TLStudio founders
VersionInfoVersion={#AppVersion}
DefaultDirName={autopf}\{#AppName}
DisableProgramGroupPage=yes
DisableDirPage=auto
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=commandline
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile=..\..\LICENSE
SetupIconFile=..\icons\tlstudio.ico
UninstallDisplayIcon={app}\{#Program}
UninstallDisplayName={#AppName}
OutputDir=..\..\dist
OutputBaseFilename=TLStudio-{#AppVersion}-setup
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes
CloseApplications=yes
RestartApplications=no

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "ko"; MessagesFile: "compiler:Languages\Korean.isl"

[CustomMessages]
en.FolderMenu=Open in TLStudio
ko.FolderMenu=TLStudio에서 열기
en.FolderMenuTask=Add “Open in TLStudio” to the menu of folders
ko.FolderMenuTask=폴더의 메뉴에 “TLStudio에서 열기” 추가
en.RunFile=Run of TLStudio
ko.RunFile=TLStudio 실행
en.PackFile=Class pack of TLStudio
ko.PackFile=TLStudio 수업 팩
en.Shell=File Explorer:
ko.Shell=파일 탐색기:
en.RemoveRuns=Also delete your runs, trained weights and settings of TLStudio?%n%nThey are in %1 and cannot be restored. Folders that you chose elsewhere are kept.
ko.RemoveRuns=TLStudio의 실행, 학습한 가중치, 설정도 삭제할까요?%n%n%1에 있으며 복원할 수 없습니다. 직접 고른 다른 폴더는 그대로 남습니다.

[Tasks]
Name: "desktop"; Description: "{cm:CreateDesktopIcon}"; GroupDescription: "{cm:AdditionalIcons}"; Flags: unchecked
Name: "folders"; Description: "{cm:FolderMenuTask}"; GroupDescription: "{cm:Shell}"

[InstallDelete]
; What an older version had and this one has not; nothing of the user's is here.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\..\dist\TLStudio\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{autoprograms}\{#AppName}"; Filename: "{app}\{#Program}"
Name: "{autodesktop}\{#AppName}"; Filename: "{app}\{#Program}"; Tasks: desktop

[Registry]
; A run is a folder with a file run.json. Windows knows file types by their ending only, so .json files get
; TLStudio among the programs to open them with, and never as the usual one.
Root: HKA; Subkey: "Software\Classes\{#RunType}"; ValueType: string; ValueData: "{cm:RunFile}"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\{#RunType}\DefaultIcon"; ValueType: string; ValueData: "{app}\{#Program},0"
Root: HKA; Subkey: "Software\Classes\{#RunType}\shell\open\command"; ValueType: string; ValueData: """{app}\{#Program}"" ""%1"""
Root: HKA; Subkey: "Software\Classes\.json\OpenWithProgids"; ValueType: string; ValueName: "{#RunType}"; Flags: uninsdeletevalue
; A class pack is a file of its own kind, which nobody else opens.
Root: HKA; Subkey: "Software\Classes\{#PackType}"; ValueType: string; ValueData: "{cm:PackFile}"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\{#PackType}\DefaultIcon"; ValueType: string; ValueData: "{app}\{#Program},0"
Root: HKA; Subkey: "Software\Classes\{#PackType}\shell\open\command"; ValueType: string; ValueData: """{app}\{#Program}"" ""%1"""
Root: HKA; Subkey: "Software\Classes\.tlspack"; ValueType: string; ValueData: "{#PackType}"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\.tlspack\OpenWithProgids"; ValueType: string; ValueName: "{#PackType}"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\Directory\shell\{#AppName}"; ValueType: string; ValueData: "{cm:FolderMenu}"; Flags: uninsdeletekey; Tasks: folders
Root: HKA; Subkey: "Software\Classes\Directory\shell\{#AppName}"; ValueType: string; ValueName: "Icon"; ValueData: "{app}\{#Program},0"; Tasks: folders
Root: HKA; Subkey: "Software\Classes\Directory\shell\{#AppName}\command"; ValueType: string; ValueData: """{app}\{#Program}"" ""%1"""; Tasks: folders

[Run]
Filename: "{app}\{#Program}"; Description: "{cm:LaunchProgram,{#AppName}}"; Flags: nowait postinstall skipifsilent

[Code]
{ Where the studio keeps runs, preferences and what can be made again, unless the user moved them. }
function StudioFolder: String;
begin
  Result := ExpandConstant('{localappdata}\tlstudio');
end;

{ The user's own is kept unless the user says so, and always where nobody is asked. }
procedure CurUninstallStepChanged(CurUninstallStep: TUninstallStep);
var
  Question: String;
begin
  if (CurUninstallStep <> usPostUninstall) or UninstallSilent or not DirExists(StudioFolder) then
    exit;
  Question := FmtMessage(CustomMessage('RemoveRuns'), [StudioFolder]);
  if MsgBox(Question, mbConfirmation, MB_YESNO or MB_DEFBUTTON2) = IDYES then
    DelTree(StudioFolder, True, True, True);
end;
